"""Options that wait for each other are drawn, and what would untie them is one click away."""

from __future__ import annotations

from fastapi.testclient import TestClient
from lxml import html


def test_a_deadlock_is_lit_and_can_be_untied(knot: TestClient) -> None:
    page = html.fromstring(knot.get("/verdicts").text)
    assert len(page.xpath("//*[contains(@class, 'wait') and contains(@class, 'knot')]")) == 2
    assert "Deadlock" in page.text_content()
    members = page.xpath("//*[local-name()='svg']//a[contains(*[local-name()='title'], 'Norway')]/@href")
    assert "actor=Norway" in members[0] and "option=fund" in members[0]
    assert knot.get("/verdicts.json").json()["web"]["knots"][0]["options"] == ["fund", "reform"]
    untied = knot.get("/verdicts.json?assume=reform-first=true").json()["web"]
    assert untied["knots"] == []
    drawn = knot.get("/charts/waits.svg")
    assert drawn.status_code == 200 and "Norway" in drawn.text
