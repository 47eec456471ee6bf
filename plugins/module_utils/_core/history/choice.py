# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding a revision by its number or its image."""

from __future__ import annotations

from typing import Sequence

from ..errors import OptionError
from ..spec import is_image
from .revision import Revision


def numbered(revisions: Sequence[Revision], number: int) -> Revision:
    """The revision of that number. Raises `OptionError` that lists what there is."""
    for revision in revisions:
        if revision.number == number:
            return revision
    there = ", ".join(str(revision.number) for revision in revisions) or "none"
    raise OptionError("to", number, "there is no such revision; recorded are %s" % there)


def with_image(revisions: Sequence[Revision], image: str) -> Revision:
    """The latest good revision of an image, a tag without a digest meaning any. Raises `OptionError`."""
    found = [revision for revision in revisions if is_image(revision.image, image)]
    good = [revision for revision in found if revision.good]
    if good:
        return max(good, key=lambda revision: revision.number)
    if found:
        bad = max(found, key=lambda revision: revision.number)
        raise OptionError(
            "to_image",
            image,
            "its last revision is %d and that ended %s; use to: %d if you mean it"
            % (bad.number, bad.outcome.replace("_", " "), bad.number),
        )
    there = ", ".join(dict.fromkeys(revision.image for revision in revisions)) or "none"
    raise OptionError("to_image", image, "no recorded revision has it; recorded are %s" % there)
