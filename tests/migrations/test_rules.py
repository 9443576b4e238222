"""What is not allowed in a migration is told from what is."""

from __future__ import annotations

import pytest

from tests.migrations.rules import complaints


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE INDEX ix_event_x ON event (who)",
        "create unique index x on page (id)",
        "ALTER TABLE event ADD COLUMN seen TIMESTAMP DEFAULT clock_timestamp()",
        "alter table page add column mark uuid not null default gen_random_uuid()",
        "alter table page add column n bigserial",
        "alter table deal add column size integer not null",
        "ALTER TABLE event ALTER COLUMN who TYPE VARCHAR(100)",
        "alter table event alter column key set not null",
        "ALTER TABLE asset_use ADD CONSTRAINT x CHECK (day > '2000-01-01')",
        "alter table event add constraint fk foreign key (deal_id) references deal (id)",
        "alter table event add constraint u unique (key, day)",
        "update event set kept = true",
        "delete from page",
        "vacuum full event",
    ],
)
def test_what_would_keep_others_out_is_refused(statement: str) -> None:
    assert len(complaints([statement])) == 1


def test_what_keeps_nobody_out_is_allowed() -> None:
    assert not complaints(
        [
            "CREATE INDEX CONCURRENTLY ix_event_x ON event (who)",
            "create index if not exists ix_event_y on only event (who)",
            "alter table event add column seen timestamptz default now()",
            "alter table event add column mark varchar(20) not null default 'none'",
            "alter table event add constraint c check (day < '2027-01-01') not valid",
            "alter table event validate constraint c",
            "alter table event add constraint pk primary key using index ix_event_x",
            "alter table event drop constraint c",
            "update event set kept = true where id = 1",
            "create index x on saved_view (person_id)",
        ]
    )


def test_a_new_table_is_empty_whatever_its_name_and_a_renamed_one_is_not() -> None:
    assert complaints(
        [
            "alter table event rename to event_before",
            "create table event (like event_before) partition by range (day)",
            "create index ix on event (who)",
            "alter table event add constraint fk foreign key (deal_id) references deal (id)",
            "create index ix_2 on event_before (who)",
        ]
    ) == ["create index ix_2 on event_before (who): build it concurrently, in an autocommit block"]
