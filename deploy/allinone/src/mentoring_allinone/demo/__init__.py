"""The demo: the scenario of NIHR 2022 as data, and the people who play it."""
