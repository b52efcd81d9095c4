"""Reports: queued, built beside the requests, frozen, written, approved, and published in editions.

`kinds` says what stands in which report and who reads it. `commands/records` reads what stands beside the figures,
`findings` and `outcomes` make the frozen JSON of it, `protection` rounds or hides its counts, `chapters` and `blocks`
lay it out for page, PDF and DOCX alike; `archive` has all of them with tables, and `recomputing` counts those again.
Each report is protected for itself and stays as it is.

A text names its figures and quotations (`narrative`): figures are those of the report itself, quotations are read where
they are sealed each time a report is shown. A text that repeats what people said word for word is refused when it is
saved (`repetition`). Texts of people are only named in a report, so what is withdrawn is in none any more; a published
report gets a new edition with a note.

The page is self-contained; the PDF is PDF/A-2a and PDF/UA-1. Fonts for Latin, Greek, Cyrillic and more come with the
typesetter, others are those of the machine (such as Noto's): a text in a script without one is refused when it is
saved, and a PDF of other words in one is `pdf_not_possible`. Public pages are made one at a time outside any
transaction and the last few are kept (`printing`); every look is revalidated, since people may withdraw. Put a limit
per address before it.
"""
