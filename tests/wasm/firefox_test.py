# SPDX-License-Identifier: MIT
"""The page with its engine in Firefox, as a real hub serves it."""
from hub_page import HubPage
from world import main


def test_story():
    with HubPage() as w:
        w.driven()
        w.scenario("firefox")


main()
