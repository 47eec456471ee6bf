# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page on performance is what was recorded, and nothing else."""

from __future__ import annotations

from xml.etree import ElementTree

from tests.bench.plot import Curve, Plot, svg
from tests.bench.record import PAGE, page, recorded

SVG = "{http://www.w3.org/2000/svg}"


def test_the_page_is_made_of_the_record():
    assert page(recorded()) == PAGE.read_text(encoding="utf-8"), "run python3 -m tests.bench.record"


def test_a_section_that_was_not_measured_says_so():
    told = page({"bench": recorded()["bench"]})
    assert told.count("Not measured yet.") == 7
    assert "images/scaling.svg" not in told


def test_a_figure_of_the_record_is_on_the_page():
    sections = recorded()
    sections["rollback"] = {
        "versions": sections["bench"]["versions"],
        "replicas": 9,
        "rows": [
            {"way": "who", "order": "stop-first", "rounds": 30, "p50": 1.234, "p95": 5.678, "least": 1.0, "most": 7.0}
        ],
    }
    told = page(sections)
    assert "exits at once, 9 replicas" in told
    assert "| who           | stop-first |   30 |   1.23 |   5.68 |  1.00 | 7.00 |" in told


def test_curves_stay_within_their_picture():
    curves = (Curve("whole & all", [(1, 0.4), (1000, 12.0)]), Curve("flat", [(1, 0.3), (1000, 0.3)]))
    tree = ElementTree.fromstring(svg([Plot("Services <many>", "services", curves)]))
    width, height = (float(part) for part in tree.attrib["viewBox"].split()[2:])
    spots = [(float(one.attrib["cx"]), float(one.attrib["cy"])) for one in tree.iter(f"{SVG}circle")]
    assert len(spots) == 4
    assert all(0 < across < width and 0 < down < height for across, down in spots)
    # What takes longer stands higher, and what takes as long as high.
    assert spots[1][1] < spots[0][1]
    assert spots[2][1] == spots[3][1]
