"""What an evaluator takes along: the tables of a view, or answer sheets, as CSV, XLSX, SPSS or Parquet with a codebook.

`tables` are figures and all answers as a view shows them: in the public one every count is on its grid (`disclosure`).
`sheets` are single answer sheets, without names, of surveys that say above their questions that researchers may be
given them; who has the right takes them under an agreement, and the audit log says who, when and under which. The floor
holds for them as for all that people said, and what they wrote in their own words is in none. `formats` writes tables
as files, `codebook` says what their columns mean.
"""
