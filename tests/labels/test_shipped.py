"""What ships is right about hosts that people know, and calls no support site harmful."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import clausewise.labels
from clausewise.labels import CATEGORIES, HARMFUL, Labels, ListSource, build, known_services, origins
from clausewise.labels.fetch import protected_sources, shipped_sources
from clausewise.labels.host import canonical, split_entry
from clausewise.labels.service import parse_services

FOLDER = Path(clausewise.labels.__file__).parent

SUPPORT = """
thetrevorproject.org www.glsen.org pflag.org translifeline.org scarleteen.com www.plannedparenthood.org rainn.org
thehotline.org loveisrespect.org 988lifeline.org suicidepreventionlifeline.org crisistextline.org samhsa.gov aa.org
nida.nih.gov teens.drugabuse.gov www.cdc.gov hiv.gov medlineplus.gov ushmm.org www.splcenter.org adl.org everytown.org
gamblersanonymous.org ncpgambling.org nea.org cta.org www.seiu.org whistleblower.org en.wikipedia.org khanacademy.org
breastcancer.org kidshealth.org amaze.org itgetsbetter.org nationaleatingdisorders.org childhelp.org missingkids.org
""".split()

PLAIN = """
www.google.com accounts.google.com docs.google.com classroom.google.com fonts.gstatic.com www.microsoft.com
login.microsoftonline.com outlook.office365.com github.com stackoverflow.com d111.cloudfront.net s3.amazonaws.com
school.blogspot.com www.apple.com swcdn.apple.com adobe.com zoom.us scoe.org sonoma.edu www.ca.gov irs.gov usps.com
python.org debian.org bitcoin.org trustpilot.com akamai.net azureedge.net bing.com www.yahoo.com aws.amazon.com
""".split()

KNOWN = [
    ("nmap.org", "hacking_tools"), ("www.wireshark.org", "hacking_tools"), ("kali.org", "hacking_tools"),
    ("hashcat.net", "hacking_tools"), ("gunbroker.com", "weapons"), ("ruger.com", "weapons"),
    ("secure.actblue.com", "campaign"), ("winred.com", "campaign"), ("drive.google.com", "personal_cloud"),
    ("www.icloud.com", "personal_cloud"), ("www.pcloud.com", "personal_cloud"), ("mail.google.com", "webmail"),
    ("outlook.live.com", "webmail"), ("chatgpt.com", "ai"), ("www.tiktok.com", "social_media"),
    ("www.netflix.com", "streaming"), ("www.etsy.com", "shopping"), ("www.roblox.com", "games"),
    ("tinder.com", "dating"), ("draftkings.com", "gambling"), ("bit.ly", "shorteners"),
    ("anydesk.com", "remote_control"), ("nordvpn.com", "proxy_vpn"), ("dns.google", "doh"),
    ("home.duckdns.org", "dynamic_dns"), ("www.pornhub.com", "adult"), ("web.whatsapp.com", "chat"),
    ("platform.twitter.com", "ads_tracking"), ("connect.facebook.net", "ads_tracking"), ("t.co", "ads_tracking"),
    ("www.openvas.org", "hacking_tools"), ("chromoting-host.talkgadget.google.com", "remote_control"),
]  # fmt: skip


@pytest.mark.parametrize("host", SUPPORT)
def test_no_support_health_or_education_site_is_harmful(shipped: Labels, host: str) -> None:
    assert not HARMFUL.intersection(shipped.words(shipped.mask(host)))


@pytest.mark.parametrize("host", PLAIN)
def test_hosts_an_office_needs_are_not_harmful(shipped: Labels, host: str) -> None:
    assert not HARMFUL.intersection(shipped.words(shipped.mask(host)))


def test_protection_holds_against_lists_that_err(tmp_path: Path) -> None:
    hosts = [host.removeprefix("www.") for host in SUPPORT] + ["bitcoin.org", "=www.microsoft.com"]
    wrong = ListSource("maker/adult", "adult", tuple(hosts), "MIT")
    build([wrong], tmp_path, at=datetime(2026, 11, 24, tzinfo=UTC))
    with Labels.open(tmp_path) as labels:
        assert [host for host in [*SUPPORT, "bitcoin.org", "www.microsoft.com"] if labels.mask(host)] == []
        assert labels.words(labels.mask("other.bitcoin.org")) == ("adult",), (
            "an exact host protects itself alone"
        )


@pytest.mark.parametrize(("host", "category"), KNOWN)
def test_known_hosts_have_their_category(shipped: Labels, host: str, category: str) -> None:
    assert category in shipped.words(shipped.mask(host))


def test_exact_hosts_leave_the_rest_of_a_company_alone(shipped: Labels) -> None:
    for host in ("google.com", "www.google.com", "x.drive.google.com", "live.com"):
        assert shipped.mask(host) == 0


@pytest.mark.parametrize(
    "host", ["x.com", "twitter.com", "www.facebook.com", "www.reddit.com", "pinterest.com"]
)
def test_the_pages_of_a_network_are_not_embedded(shipped: Labels, host: str) -> None:
    """Only its buttons are; a host listed as embedded is never a chosen visit, so its own pages must not be."""
    assert shipped.words(shipped.mask(host)) == ("social_media",)


def test_a_host_that_shows_use_is_not_embedded(shipped: Labels) -> None:
    """An embedded host never shows use, so listing one would silence the catalogue without a word."""
    for service in known_services().values():
        for entry in service.use_hosts:
            assert "ads_tracking" not in shipped.words(shipped.mask(split_entry(entry)[0])), entry


def test_a_host_that_many_blogs_call_shows_no_use(shipped: Labels) -> None:
    assert not shipped.use_evidence("public-api.wordpress.com")
    assert shipped.use_evidence("d.dropbox.com")


def test_every_shipped_list_is_in_the_catalogue_with_header_and_licence() -> None:
    for source in [*shipped_sources(), *protected_sources()]:
        assert source.entries
        assert not source.refused, source.id
        assert source.retrieved is not None
        assert source.licence in ("CC0-1.0", "MIT")
        assert source.category in (*CATEGORIES, "harmful")


def test_shipped_lists_are_small_and_reviewed_ones_say_why() -> None:
    files = sorted((FOLDER / "lists").rglob("*.txt"))
    assert sum(file.stat().st_size for file in files) <= 300_000
    for file in files:
        if file.parent.name == "lists":
            assert re.search(r"^# why: .{10}", file.read_text(encoding="utf-8"), re.M), file.name


def test_nobody_protected_is_listed_by_ourselves_as_harmful() -> None:
    guarded = {entry for source in protected_sources() for entry in source.entries}
    for source in shipped_sources():
        if source.origin == "own" and source.category in HARMFUL:
            assert not guarded.intersection(source.entries), source.id


def test_the_catalogue_names_a_licence_and_an_https_source_for_each_origin() -> None:
    for origin in origins().values():
        assert origin.licence
        assert origin.says
        assert not origin.download or origin.download.startswith("https://")
        assert not set(origin.lists) & set(origin.unused)


def test_services_are_complete_and_found_by_their_own_hosts(shipped: Labels) -> None:
    services = known_services()
    assert len(services) >= 150
    for key, service in services.items():
        for entry in service.entries():
            name, _ = split_entry(entry)
            assert canonical(name) == name
            assert shipped.service(name) == key, entry
        for entry in service.use_hosts:
            assert shipped.use_evidence(split_entry(entry)[0])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('x = { name = "X", purpose = "notes", fee = "cheap", hosts = ["x.test"] }', "fee is 'cheap'"),
        ('x = { name = "X", purpose = "notes", fee = "free", hosts = [] }', "no hosts"),
        ('x = { name = "X", purpose = "notes", fee = "free", hosts = ["X.test"] }', "write a lower-case"),
        ('x = { purpose = "notes", fee = "free", hosts = ["x.test"] }', "no name"),
        (
            'x = { name = "X", purpose = "notes", fee = "free", hosts = ["x.test"], colour = 1 }',
            "unknown key",
        ),
        ('x = { name = "X", purpose = "notes", fee = "free", hosts = "x.test" }', "not a list"),
    ],
)
def test_a_bad_service_is_named(row: str, message: str) -> None:
    with pytest.raises(clausewise.labels.LabelError, match=rf"services.toml \[service.x\]: .*{message}"):
        parse_services("[service]\n" + row)


def test_a_host_belongs_to_one_service() -> None:
    row = '{ name = "X", purpose = "notes", fee = "free", hosts = ["x.test"] }'
    with pytest.raises(clausewise.labels.LabelError, match="belongs to 'a' already"):
        parse_services(f"[service]\na = {row}\nb = {row}")
