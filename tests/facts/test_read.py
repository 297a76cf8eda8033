"""Reading a county's files: what cells become, and what is said when they are wrong."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clausewise.facts.cell import CellError, moment, read_cell
from clausewise.facts.problem import Problem
from clausewise.facts.read import read
from clausewise.facts.sheet import from_csv, from_xlsx
from clausewise.facts.tables import TABLES, Column, Kind
from clausewise.facts.template import template_of
from facts.county import FILES, ZONE, facts, problems, reading, utc


def test_every_problem_is_said_at_once_with_its_line_and_remedy() -> None:
    staff = """\
id,name,mail,supervisor,start,end,vacations
a,Ana,ana.example,b,2026-13-01,,
b,Bea,b@x.example,nobody,2026-02-01,2026-01-01,
c,,c@x.example,,,,
b,Bea,b@x.example,,,,
d,Dan,d@x.example,rosa kimm,,,,too
"""
    devices = "device,owner,mac,encrypted\nRCOE-1,conty,02:00,maybe\n"
    assert problems(staff=staff, devices=devices) == [
        "devices.csv:2: `02:00` is not a network card address; write it as 02:00:5e:10:11:82",
        "devices.csv:2: `conty` cannot stand in `owner`; did you mean `county`?",
        "devices.csv:2: `maybe` is neither yes nor no; write yes, no, or leave it blank for unknown",
        (
            "staff.csv:1: `vacations` is not a column of staff; "
            "use one of id, name, mail, kind, site, supervisor, start, end, educator, account, "
            "valid_from, valid_to, known_from"
        ),
        "staff.csv:2: `2026-13-01` is not a date; write it as 2026-10-05",
        "staff.csv:2: `ana.example` is not a mail address; write it as ana.lopez@redbud.example",
        "staff.csv:3: `end` is not after `start`; swap the two dates or correct one",
        "staff.csv:4: `name` is blank; write the person's name",
        (
            "staff.csv:6: has more cells than the heading; "
            "remove it, or put the cell that holds the separator in quotation marks"
        ),
    ]


@pytest.mark.parametrize(
    ("table", "text", "said"),
    [
        ("staff", "id,name\na,Ana\na,Ann\n", "staff.csv:3: `a` stands already at staff.csv:2"),
        ("staff", "id,name\na,Ana\nA,Ann\n", "staff.csv:3: `A` stands already at staff.csv:2"),
        (
            "staff",
            "id,name,valid_from,valid_to\na,Ana,,2026-02-01\na,Ann,2026-01-31,\n",
            "staff.csv:3: `a` holds at the same time as staff.csv:2; end the earlier row with valid_to",
        ),
        ("staff", "id,name,supervisor\na,Ana,bob\n", "staff.csv:2: supervisor `bob` is not in the staff table"),
        ("staff", "id,name,supervisor\nana.l,Ana,ana.k\n", "did you mean `ana.l`?"),
        (
            "staff",
            "id,name,supervisor\na,Jo Li,\nb,Jo Li,\nc,Cy,jo li\n",
            "staff.csv:4: supervisor `jo li` is the name of several people; write the id instead",
        ),
        ("staff", "name\nAna\n", "staff.csv:1: has neither `id` nor `mail`; add one"),
        ("staff", "id,mail,name\n,,Ana\n", "staff.csv:2: has neither id nor mail; write one"),
        ("staff", "id\na\n", "staff.csv:1: column `name` is missing; add it; it holds the person's name"),
        ("staff", "# nothing\n", "staff.csv: is empty; write a heading such as id,name,mail,kind,site"),
        ("staff", "id,name,name\na,b,c\n", "staff.csv:1: column `name` stands twice; remove one of the two"),
        ("services", "service,hosts\na,x.example\nb,x.example\n", "`x.example` already belongs to service `a`"),
        ("services", "service,hosts\na,http://x.example/p\n", "`http://x.example/p` is not a host name"),
        ("networks", "cidr\n10.0.0.1/8\n", "`10.0.0.1/8` is an address inside a range; did you mean `10.0.0.0/8`?"),
        ("schedules", "who,weekday,start,end\ndefault,mon,08:00,\n", "has only one of `start` and `end`"),
        ("schedules", "who,weekday,start,end\ndefault,mon,8:00,08:00\n", "`start` and `end` are the same"),
        ("schedules", "who,weekday,breaks\ndefault,mon,noon\n", "`noon` is not a break; write it as 12:00-12:30"),
        ("schedules", "who,weekday,start,end\ndefault,mon,25:00,08:00\n", "`25:00` is not a time of day"),
        (
            "self_reports",
            "person,clause,at\na,9.h,2026-03-08 02:30\n",
            "`2026-03-08 02:30` does not exist: clocks went forward over it; write a time an hour later",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_named(table: str, text: str, said: str) -> None:
    found = problems(**{table: text})
    assert len(found) == 1
    assert said in found[0]


def test_one_mistake_in_a_supervisors_row_is_said_once() -> None:
    found = problems(staff="id,name,supervisor,start\nboss,Bo,,soon\na,Ana,boss,\n")
    assert found == ["staff.csv:2: `soon` is not a date; write it as 2026-10-05"]


def test_what_was_left_out_is_said_once() -> None:
    said = reading(staff="mail,name\na.b@x.example,A B\nc.d@x.example,C D\n").unknown
    assert len(said) == 2
    assert said[0].startswith("tables not given")
    assert "devices" in said[0]
    assert "staff" not in said[0]
    assert said[1] == "staff: columns not given, so unknown: site, supervisor, start, educator, account"


def test_a_permission_typed_to_begin_before_it_was_decided_is_kept_and_said() -> None:
    said = reading(**FILES).notices
    assert said == (
        (
            "grants.csv:2: permission `g-1` begins before it was decided; "
            "it covers nothing before 2026-03-02 18:00 UTC"
        ),
    )


def test_a_person_may_be_named_by_mail_account_or_whole_name() -> None:
    rows = facts(
        staff="mail,name,account,supervisor\nbo@x.example,Bo Ek,bek,\n"
        "a@x.example,A,,Bo Ek\nb@x.example,B,,BEK\nc@x.example,C,,Bo@X.example\n"
    ).rows("staff")
    assert [row["supervisor"] for row in rows] == [None, "bo", "bo", "bo"]


def test_without_a_staff_table_names_stand_as_written() -> None:
    assert facts(accounts="account,owner\nx,who.ever\n").rows("accounts")[0]["owner"] == "who.ever"


@pytest.mark.parametrize(
    ("text", "whole_day", "expected"),
    [
        ("2026-10-05", False, "2026-10-05 00:00"),
        ("2026-10-05", True, "2026-10-06 00:00"),
        ("10/5/2026", False, "2026-10-05 00:00"),
        ("2026-10-05 07:30", True, "2026-10-05 07:30"),
        ("2026-10-05T07:30:15", False, "2026-10-05 07:30:15"),
        ("10/5/2026 7:30 PM", False, "2026-10-05 19:30"),
        ("10/5/2026 12:05 am", False, "2026-10-05 00:05"),
        ("2026-10-05T14:30:00Z", False, "2026-10-05 07:30"),
        ("2026-10-05 09:30 -05:00", False, "2026-10-05 07:30"),
        ("2026-12-05", False, "2026-12-05 00:00"),
    ],
)
def test_local_dates_and_times_become_utc(text: str, whole_day: bool, expected: str) -> None:
    assert moment(text, ZONE, whole_day=whole_day) == utc(expected)


def test_the_year_9999_means_no_end() -> None:
    assert moment("9999-12-31", ZONE) is None


@pytest.mark.parametrize(
    "text", ["2026-02-30", "5.10.2026", "0001-01-01", "2026-10-05 7.30", "13:00 PM", "2026"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        moment(text, ZONE)


@pytest.mark.parametrize(
    ("text", "value"),
    [("sí", True), ("SI", True), ("Yes", True), ("x", True), ("No", False), ("0", False), ("falso", False),
     ("?", None), ("desconocido", None), ("", None)],
)  # fmt: skip
def test_yes_and_no_in_both_languages(text: str, value: bool | None) -> None:
    assert read_cell(Column("provided", Kind.FLAG, "", ""), text, ZONE) is value


@pytest.mark.parametrize(
    "data",
    [
        "id,name\na,José\n".encode(),
        "id,name\r\na,José\r\n".encode("utf-8-sig"),
        "id;name\na;José\n".encode("cp1252"),
        "id\tname\na\tJosé\n".encode("utf-16"),
        '# from payroll\n\nid,name\n"a","José"\n,\n'.encode(),
    ],
)
def test_csv_as_spreadsheets_save_it(data: bytes) -> None:
    sheet, found = from_csv("staff", "staff.csv", data)
    assert not found
    rows = read([sheet], ZONE).tables["staff"].rows
    assert [(row.values["id"], row.values["name"]) for row in rows] == [("a", "José")]


def test_a_line_number_counts_line_breaks_inside_cells() -> None:
    assert problems(staff='id,name,start\na,"A\nB",\nb,C,soon\n')[0].startswith("staff.csv:4: ")


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_the_example_of_every_template_is_a_row_without_problems(table: object) -> None:
    text = template_of(table).replace("\n# ", "\n").replace('\n"# ', '\n"')  # type: ignore[arg-type]
    name = table.name  # type: ignore[attr-defined]
    people = "id,name\nana.lopez,A\nrosa.kim,R\nben.ortiz,B\n"
    files = {"staff": people} if name != "staff" else {}
    if name == "staff":
        text += "rosa.kim" + "," * (len(TABLES["staff"].columns) - 1) + "\n"
        text = text.replace("rosa.kim,,", "rosa.kim,Rosa Kim,")
    found = reading(**files, **{name: text})
    assert [str(problem) for problem in found.problems] == []
    assert found.tables[name].rows


@given(st.sampled_from(sorted(TABLES)), st.binary(max_size=300))
def test_reading_never_fails_on_any_bytes(table: str, data: bytes) -> None:
    sheet, found = from_csv(table, "x.csv", data)
    assert all(str(problem) for problem in [*found, *read([sheet], ZONE).problems])


_CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["2026-01-01", "9999-12-31", "12/31/1900 11:59 PM", "sí", "-", "08:00", "=a.example", "::1",
                     "2026-01-01T00:00+99:99", "02:00:5e:10:11:82", "9" * 40, "xn--", "a..b", "12:00-"]),
)  # fmt: skip


@given(st.data(), st.sampled_from(sorted(TABLES)))
def test_reading_never_fails_on_any_cell(data: st.DataObject, table: str) -> None:
    column = data.draw(st.sampled_from(TABLES[table].columns))
    text = data.draw(_CELLS)
    try:
        read_cell(column, text, ZONE)
    except CellError as error:
        said = str(Problem("x.csv", 2, error.what, error.remedy))
    else:
        said = "x.csv:2: fine; go on"
    assert re.fullmatch(r"x\.csv:2: .+; .+", said, re.DOTALL)


@given(st.data(), st.sampled_from(sorted(TABLES)), st.sampled_from(",;\t"))
def test_reading_never_fails_on_any_rows(data: st.DataObject, table: str, separator: str) -> None:
    names = [column.name for column in TABLES[table].columns]
    rows = data.draw(st.lists(st.lists(_CELLS, max_size=len(names) + 1), max_size=4))
    text = "\n".join(separator.join(row) for row in [names, *rows])
    sheet, _ = from_csv(table, "x.csv", text.encode("utf-8", "replace"))
    read([sheet], ZONE)


def test_a_quotation_mark_that_is_not_closed_loses_no_rows_silently() -> None:
    found = from_csv("staff", "staff.csv", b'id,name\na,"Ana\nb,Bea\nc,Cy\n')[1]
    assert [str(problem) for problem in found] == [
        (
            "staff.csv:2: a quotation mark is out of place, or a cell is longer than 131072 characters; "
            'close it, or write "" for a mark inside a cell'
        )
    ]


@given(st.binary(max_size=200))
def test_a_damaged_workbook_is_a_problem_and_no_crash(data: bytes) -> None:
    for head in (b"", b"PK\x03\x04"):
        assert [type(page).__name__ for page in from_xlsx("x.xlsx", head + data)] == ["Problem"]
