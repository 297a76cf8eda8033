"""The invented events of the shipped EVTX sample: two days in the office of Redbud County."""

from __future__ import annotations

from clausewise.sources.windows_evtx.parse import SOURCE
from sources.evtx_writer import Event

_AUDIT = "Microsoft-Windows-Security-Auditing"
_UMDF, _PART = "Microsoft-Windows-DriverFrameworks-UserMode", "Microsoft-Windows-Partition"
_SYSMON, _SCM = "Microsoft-Windows-Sysmon", "Service Control Manager"
_LOCKER = "Microsoft-Windows-BitLocker-API"
_PC, _DC = "PC-0412.redbud.example", "dc1.redbud.example"
_SID = "S-1-5-21-1004336348-1177238915-682003330-"
_STICK = r"SWD\WPDBUSENUM\_??_USBSTOR#DISK&VEN_ACME&PROD_POCKET_STICK&REV_1.00#0417AA3105B2&0#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}"


def _audit(number: int, time: str, data: dict[str, str | int | None], pc: str = _PC, task: int = 0) -> Event:
    return Event(_AUDIT, "Security", number, pc, f"2026-10-{time}+00:00", data, task=task)


def _logon(
    name: str, kind: int, session: str, address: str = "-", subject: str = "PC-0412$", sid: str = "1104"
) -> dict[str, str | int | None]:
    return {
        "SubjectUserSid": "S-1-5-18" if subject.endswith("$") else _SID + "1107", "SubjectUserName": subject,
        "SubjectDomainName": "REDBUD", "SubjectLogonId": "0x3e7", "TargetUserSid": sid if sid.startswith("S-") else _SID + sid,
        "TargetUserName": name, "TargetDomainName": "REDBUD", "TargetLogonId": session, "LogonType": kind,
        "WorkstationName": "PC-0412", "ProcessName": r"C:\Windows\System32\svchost.exe", "IpAddress": address,
        "TargetOutboundUserName": "-",
    }  # fmt: skip


def _target(name: str, session: str, **more: str | int | None) -> dict[str, str | int | None]:
    return {
        "TargetUserSid": _SID + "1104",
        "TargetUserName": name,
        "TargetDomainName": "REDBUD",
        "TargetLogonId": session,
        **more,
    }


def _subject(name: str, session: str = "0x5c1a2", **more: str | int | None) -> dict[str, str | int | None]:
    return {
        "SubjectUserSid": _SID + "1107",
        "SubjectUserName": name,
        "SubjectDomainName": "REDBUD",
        "SubjectLogonId": session,
        **more,
    }


def _program(time: str, name: str, user: str, **more: str | int | None) -> Event:
    data = {
        "UtcTime": f"2026-10-{time}",
        "Image": name,
        "CommandLine": name + " /secret",
        "User": user,
        **more,
    }
    return Event(_SYSMON, _SYSMON + "/Operational", 1, _PC, f"2026-10-{time}+00:00", data)


def _service(number: int, time: str, data: dict[str, str | int | None]) -> Event:
    return Event(_SCM, "System", number, _PC, f"2026-10-{time}+00:00", data)


def _binary(text: str) -> str:
    return (text + "\0").encode("utf-16-le").hex().upper()


_SIGN_INS = [
    _audit(4624, "05T14:58:01.123456", _logon("mrivera", 2, "0x6a423")),
    _audit(4672, "05T14:58:01.200000", _subject("mrivera", "0x6a423", PrivilegeList="SeBackupPrivilege")),
    _audit(4624, "05T14:58:03", _logon("DWM-2", 2, "0x6a500", sid="S-1-5-90-0-2")),
    _audit(4624, "05T14:58:04", _logon("SISTEMA", 5, "0x3e7", sid="S-1-5-18")),
    _audit(4624, "05T14:59:00", _logon("PC-0419$", 3, "0x71000", "10.20.4.19"), _DC),
    _audit(4624, "05T14:59:30", _logon("jwong", 3, "0x71abc", "10.20.4.31"), _DC),
    _audit(4625, "05T15:02:11", _logon("jwong", 2, "0x0", "127.0.0.1", sid="S-1-0-0")),
    _audit(4625, "05T15:02:40", _logon("jwong", 10, "0x0", "2001:db8:4::1f", sid="S-1-0-0")),
    _audit(4740, "05T15:02:41", {"TargetUserName": "jwong", "TargetDomainName": "PC-0412", "SubjectUserName": "DC1$"}, _DC),
    _audit(4800, "05T17:00:00", _target("mrivera", "0x6a423", SessionId=2)),
    _audit(4802, "05T17:05:00", _target("mrivera", "0x6a423", SessionId=2)),
    _audit(4803, "05T17:29:55", _target("mrivera", "0x6a423", SessionId=2)),
    _audit(4624, "05T17:30:00", _logon("mrivera", 7, "0x7b001")),
    _audit(4801, "05T17:30:00.5", _target("mrivera", "0x6a423", SessionId=2)),
    _audit(4648, "05T17:40:00", _subject("mrivera", TargetUserName="jwong", TargetServerName="files1.redbud.example", IpAddress="-", ProcessName=r"C:\Windows\System32\lsass.exe")),
    _audit(4648, "05T17:41:00", _subject("mrivera", TargetUserName="MRivera@redbud.example", TargetServerName="localhost", IpAddress="-")),
    _audit(4648, "05T17:42:00", {"SubjectUserSid": "S-1-5-18", "SubjectUserName": "PC-0412$", "TargetUserName": "mrivera", "TargetServerName": "localhost"}),
    _audit(4624, "05T17:43:00", _logon("jwong", 2, "0x7c777", "::1", subject="mrivera")),
    _audit(4624, "05T17:44:00", {**_logon("mrivera", 9, "0x7c888", subject="mrivera"), "TargetOutboundUserName": "adm-wong"}),
    _audit(4634, "05T17:50:00", _target("mrivera", "0x7b001", LogonType=7)),
    _audit(4634, "05T17:50:01", {**_target("PC-0419$", "0x71000", LogonType=3), "TargetUserSid": _SID + "2201"}, _DC),
    _audit(4778, "05T18:00:00", {"AccountName": "ijensen", "AccountDomain": "REDBUD", "LogonID": "0x9a0b1", "SessionName": "RDP-Tcp#5", "ClientName": "HOME-PC", "ClientAddress": "198.51.100.23"}, "rds1.redbud.example"),
    _audit(4779, "05T18:20:00", {"AccountName": "ijensen", "AccountDomain": "REDBUD", "LogonID": "0x9a0b1", "SessionName": "RDP-Tcp#5", "ClientName": "HOME-PC", "ClientAddress": "LOCAL"}, "rds1.redbud.example"),
    _audit(4725, "05T18:30:00", {"TargetUserName": "tkhalil", "TargetSid": _SID + "1130", **_subject("adm-wong")}, _DC),
    _audit(4647, "05T23:31:00", _target("mrivera", "0x6a423")),
]  # fmt: skip

_DRIVES = [
    Event(_UMDF, _UMDF + "/Operational", 2003, _PC, "2026-10-06T15:10:00+00:00", {"LifetimeId": "{3d69498e-0d29-42f1-905e-33c3a505e322}", "InstanceId": _STICK}, "UMDFHostDeviceArrivalBegin"),
    Event(_UMDF, _UMDF + "/Operational", 2003, _PC, "2026-10-06T15:10:09+00:00", {"LifetimeId": "{3d69498e-0d29-42f1-905e-33c3a505e323}", "InstanceId": r"SWD\REMOTEDISPLAYENUM\RDPIDD_INDIRECTDISPLAY&SESSIONID_0001"}, "UMDFHostDeviceArrivalBegin"),
    Event(_PART, _PART + "/Diagnostic", 1006, _PC, "2026-10-06T15:09:59+00:00", {"DiskNumber": 1, "Capacity": "15518924800", "Manufacturer": "Acme    ", "Model": "Pocket Stick", "SerialNumber": "0417AA3105B2", "ParentId": r"USB\VID_0ABC&PID_5567\0417AA3105B2", "BusType": 7}),
    Event(_PART, _PART + "/Diagnostic", 1006, _PC, "2026-10-06T14:50:00+00:00", {"DiskNumber": 0, "Capacity": "512110190592", "Manufacturer": "NVMe", "Model": "Disk 512", "SerialNumber": "S1", "ParentId": r"PCI\VEN_1234", "BusType": 17}),
    _audit(6416, "06T15:10:00.2", {"SubjectUserSid": "S-1-5-18", "SubjectUserName": "PC-0412$", "DeviceId": r"USBSTOR\Disk&Ven_Acme&Prod_Pocket_Stick&Rev_1.00\0417AA3105B2&0", "DeviceDescription": "Acme Pocket Stick USB Device", "ClassName": "DiskDrive"}),
    _audit(6416, "06T15:12:00", {"SubjectUserSid": "S-1-5-18", "SubjectUserName": "PC-0412$", "DeviceId": r"USB\VID_0DEF&PID_4EE1\RF8N10ABCDE", "DeviceDescription": "Teléfono de Iris", "ClassName": "WPD"}),
    _audit(4663, "06T15:14:00", _subject("mrivera", ObjectType="File", ObjectName=r"\Device\HarddiskVolume7\IEP\niño-plan.docx", AccessMask="0x2"), task=12812),
    _audit(4663, "06T15:14:01", _subject("mrivera", ObjectType="File", ObjectName=r"C:\Users\mrivera\note.txt", AccessMask="0x2"), task=12800),
    Event(_LOCKER, "Microsoft-Windows-BitLocker/BitLocker Management", 768, _PC, "2026-10-06T15:20:00+00:00", {"IdentificationGUID": "{45a9dcbd-40ec-4295-a9e6-c2e63844f040}", "VolumeName": r"\\?\Volume{95b548ac-9d1a-4f36-96fc-2c67e06caefb}", "VolumeMountPoint": "E:", "AlgorithmType": 32772}),
    Event("Microsoft-Windows-BitLocker-Driver", "System", 24579, _PC, "2026-10-06T15:29:00+00:00", {"Volume": "E:"}),
    Event(_LOCKER, "Microsoft-Windows-BitLocker/BitLocker Management", 773, _PC, "2026-10-06T15:30:00+00:00", {"IdentificationGUID": "{45a9dcbd-40ec-4295-a9e6-c2e63844f040}", "VolumeName": r"\\?\Volume{95b548ac-9d1a-4f36-96fc-2c67e06caefb}", "VolumeMountPoint": "C:"}),
    Event(_UMDF, _UMDF + "/Operational", 2102, _PC, "2026-10-06T16:00:00+00:00", {"LifetimeId": "{3d69498e-0d29-42f1-905e-33c3a505e322}", "InstanceId": _STICK, "RequestMajorCode": 27, "RequestMinorCode": 23}, "UMDFHostDeviceRequest"),
    Event(_UMDF, _UMDF + "/Operational", 2102, _PC, "2026-10-06T16:00:00.1+00:00", {"LifetimeId": "{3d69498e-0d29-42f1-905e-33c3a505e322}", "InstanceId": _STICK, "RequestMajorCode": 27, "RequestMinorCode": 2}, "UMDFHostDeviceRequest"),
]  # fmt: skip

_ACTIVITY = [
    _program("06T16:10:00.250000", r"C:\Users\mrivera\Downloads\speedy-tool.exe", r"REDBUD\mrivera", OriginalFileName="tool.exe", Company="Example Tools", Hashes="MD5=8A0A29438052FAED8A2532DA50455756,SHA256=7FD065BAC18C5278777AE44908101CDFED72D26FA741367F0AD4D02020787AB6", ParentImage=r"C:\Windows\explorer.exe"),
    _program("06T16:10:01", r"C:\Windows\System32\svchost.exe", r"NT AUTHORITY\NETWORK SERVICE", OriginalFileName="-", Company="Microsoft Corporation", Hashes="SHA1=A1385CE20AD79F55DF235EFFD9780C31442AA234", ParentImage="?"),
    _audit(4688, "06T16:11:00", {**_subject("mrivera"), "NewProcessName": r"C:\Windows\Temp\setup.exe", "CommandLine": "setup.exe /secret", "TargetUserSid": "S-1-0-0", "TargetUserName": "-", "ParentProcessName": r"C:\Windows\explorer.exe"}),
    Event(_SYSMON, _SYSMON + "/Operational", 3, _PC, "2026-10-06T16:12:00+00:00", {"Image": r"C:\Program Files\App\app.exe", "User": r"REDBUD\mrivera", "Protocol": "tcp", "Initiated": "true", "SourceIp": "10.20.4.12", "DestinationIp": "203.0.113.44", "DestinationHostname": "files.example", "DestinationPort": 443, "DestinationPortName": "https"}),
    Event(_SYSMON, _SYSMON + "/Operational", 22, _PC, "2026-10-06T16:12:01+00:00", {"QueryName": "files.cloudbox.example", "QueryStatus": "0", "QueryResults": "203.0.113.44;", "Image": r"C:\Program Files\App\app.exe", "User": r"REDBUD\mrivera"}),
    Event(_SYSMON, _SYSMON + "/Operational", 11, _PC, "2026-10-06T16:12:02+00:00", {"Image": "app.exe", "TargetFilename": r"E:\a.txt"}),
    Event("Microsoft-Windows-PowerShell", "Microsoft-Windows-PowerShell/Operational", 4104, _PC, "2026-10-06T16:13:00+00:00", {"ScriptBlockText": "Get-Secret"}),
    _service(7036, "06T16:20:00", {"param1": "Servicio Antivirus de Microsoft Defender", "param2": "detenido", "Binary": _binary("WinDefend/1")}),
    _service(7036, "06T16:20:01", {"param1": "Print Spooler", "param2": "stopped", "Binary": _binary("Spooler/1")}),
    _service(7040, "06T16:21:00", {"param1": "Windows Event Log", "param2": "auto start", "param3": "disabled", "param4": "EventLog"}),
    _service(7034, "06T16:22:00", {"param1": "Windows Defender Advanced Threat Protection Service", "param2": "1"}),
    Event("Microsoft-Windows-Windows Defender", "Microsoft-Windows-Windows Defender/Operational", 5001, _PC, "2026-10-06T16:23:00+00:00", {"Product Name": "Microsoft Defender Antivirus"}),
    _audit(4719, "06T16:24:00", _subject("adm-wong", CategoryId="%%8272", SubcategoryId="%%12288")),
    Event("Microsoft-Windows-Eventlog", "Security", 1102, _PC, "2026-10-06T16:25:00+00:00", {"SubjectUserSid": _SID + "1107", "SubjectUserName": "adm-wong", "SubjectDomainName": "REDBUD", "SubjectLogonId": "0x5c1a2"}, "LogFileCleared"),
    Event("Microsoft-Windows-Eventlog", "System", 104, _PC, "2026-10-06T16:26:00+00:00", {"SubjectUserName": "adm-wong", "SubjectDomainName": "REDBUD", "Channel": "Application", "BackupPath": None}, "LogFileCleared"),
    Event("Microsoft-Windows-RemoteDesktopServices-RdpCoreTS", "Operational", 104, _PC, "2026-10-06T16:27:00+00:00", {"TimezoneBiasHour": "1"}),
]  # fmt: skip

EVENTS = [*_SIGN_INS, *_DRIVES, *_ACTIVITY]
NAME = SOURCE.name
