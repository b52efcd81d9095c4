"""Surveys that were asked with another tool, and come as its table of responses into a wave's figures.

`reading` knows the tables of Qualtrics, LimeSurvey, Microsoft Forms and Google Forms, and which column answers which
question; what it does not know it says, and nothing else of a table is kept: neither names, addresses and times that
such tools write down, nor texts. How many were asked is the word of whoever imports. Such a wave keeps for good what it
was asked with, and every figure, statement and report says so.
"""
