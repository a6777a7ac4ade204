"""Charts: right sizes, whole tables, nothing unescaped."""

import re
import xml.etree.ElementTree as ET

import pytest

from qaita.web.charts import Series, bars, funnel, lines, nice_scale, share_bar, sparkline


def drawing(html: str) -> ET.Element:
    return ET.fromstring(re.search(r"<svg.*?</svg>", html, re.DOTALL).group(0))


def heights(svg: ET.Element, tone: str) -> list[float]:
    return [float(e.get("height")) for e in svg.iter("rect") if e.get("class") == tone]


def test_bars_stand_in_the_ratio_of_their_values() -> None:
    html = bars(
        ["2025", "2026"], [Series("Plan", [100, 200]), Series("Fact", [50, None])], title="km"
    )
    plan, fact = heights(drawing(html), "s0"), heights(drawing(html), "s1")
    assert plan[1] / plan[0] == pytest.approx(2, abs=0.02)
    assert fact == [pytest.approx(plan[0] / 2, abs=0.2)]
    assert '<td class="num">–</td>' in html


def test_every_text_is_escaped() -> None:
    evil = '<script>alert("x")</script>'
    html = bars([evil], [Series(evil, [1])], title=evil, unit=evil)
    html += lines([evil], [Series(evil, [1])], title=evil)
    html += funnel([(evil, 1, '/"><script>')], title=evil) + sparkline([1, 2], title=evil)
    html += share_bar([(evil, 1, "s1")], title=evil)
    assert "<script" not in html


def test_a_gap_breaks_the_line() -> None:
    html = lines(list("abcd"), [Series("x", [1, None, 2, 3])], title="t")
    paths = [e for e in drawing(html).iter("path") if "line" in (e.get("class") or "")]
    assert len(paths) == 2


def test_a_band_is_drawn_between_low_and_high() -> None:
    html = lines(list("abc"), [Series("x", [2, 3, 4], low=[1, 2, 3], high=[3, 4, 6])], title="t")
    assert any("area" in (e.get("class") or "") for e in drawing(html).iter("path"))


@pytest.mark.parametrize("values", [[], [None, None], [0, 0], [1e-9], [1e15]])
def test_odd_values_still_make_a_chart(values) -> None:
    labels = [str(at) for at in range(len(values))]
    assert "NaN" not in bars(labels, [Series("x", values)], title="t")
    assert "nan" not in lines(labels, [Series("x", values)], title="t").lower().replace(
        "finance", ""
    )
    assert sparkline(values, title="t")


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [
        (0, 0, (0, 1)),
        (0, 1, (0, 1)),
        (0, 8500, (0, 10000)),
        (0, 323, (0, 400)),
        (0, 57, (0, 60)),
        (0, 0.07, (0, 0.08)),
        (59.8, 76.4, (55, 80)),
    ],
)
def test_scales_end_on_round_numbers(low, high, ends) -> None:
    scale = nice_scale(low, high)
    assert (scale.bottom, scale.top) == (pytest.approx(ends[0]), pytest.approx(ends[1]))
    assert scale.steps <= 6


def test_a_funnel_step_leads_to_its_rows() -> None:
    html = funnel([("Ready", 65, "/kk/projects/?state=ready"), ("Done", 0, "")], title="t")
    assert re.findall(r'href="([^"]+)"', html) == ["/kk/projects/?state=ready"]
    assert re.findall(r'width="([\d.]+)"', html) == ["100.0", "0.0"]


def test_shares_fill_the_bar() -> None:
    svg = drawing(share_bar([("a", 3, "s1"), ("b", 1, "s2")], title="t"))
    widths = [float(e.get("width")) for e in svg.iter("rect")]
    assert widths[0] / widths[1] == pytest.approx(3, abs=0.05)
