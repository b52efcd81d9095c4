"""Invented words: names, employers, disciplines, sentences. Nobody and nothing here exists."""

from collections.abc import Mapping

GIVEN_NAMES = (
    "Abena", "Adnan", "Aileen", "Alisha", "Amara", "Anouk", "Ansel", "Aoife", "Arjun", "Astrid", "Bashir",
    "Beatriz", "Bronwen", "Callum", "Carys", "Chidi", "Cleo", "Corin", "Dalia", "Darragh", "Delphine", "Dilip",
    "Edda", "Eilidh", "Ekow", "Elowen", "Emeka", "Esme", "Fabian", "Farah", "Fergus", "Fiadh", "Gethin", "Greta",
    "Hamza", "Hana", "Hester", "Idris", "Imogen", "Ines", "Ismail", "Ivo", "Jamila", "Jarek", "Joss", "Kaito",
    "Kamala", "Keir", "Kezia", "Kofi", "Lachlan", "Leila", "Linus", "Lorcan", "Lowri", "Magnus", "Mairi", "Malik",
    "Marisol", "Meera", "Merryn", "Milo", "Mina", "Nadia", "Nia", "Niamh", "Noor", "Oisin", "Olwen", "Oren",
    "Padma", "Petra", "Priya", "Quentin", "Rafiq", "Rhiannon", "Rohan", "Rosalind", "Safiya", "Sanjay", "Saoirse",
    "Selma", "Seren", "Shona", "Sorcha", "Stellan", "Sunita", "Tamsin", "Tariq", "Tegan", "Thandi", "Tobias", "Uma",
    "Verity", "Viggo", "Wanjiru", "Xanthe", "Yasmin", "Yusuf", "Zahra", "Zofia",
)  # fmt: skip

FAMILY_STARTS = (
    "Alder", "Ash", "Bram", "Brook", "Cald", "Corn", "Crow", "Dun", "Elm", "Fair", "Fen", "Garth", "Hal", "Haw",
    "Hazel", "Kel", "Lang", "Lark", "Marl", "Mere", "Nether", "Oak", "Pen", "Quill", "Rav", "Rowan", "Sedge", "Sel",
    "Stan", "Thorn", "Tarn", "Under", "Wex", "Whin", "Wick", "Yar",
)  # fmt: skip
FAMILY_ENDS = (
    "bourne", "by", "croft", "dale", "den", "fell", "field", "ford", "gate", "ham", "hurst", "ley", "low", "mere",
    "more", "ridge", "shaw", "stead", "ton", "well",
)  # fmt: skip

PLACES = (
    "Aldermoor", "Brackenholt", "Caldermere", "Dunwether", "Eskhollow", "Fernborough", "Garrowby", "Hexmere",
    "Ivelstone", "Kestrelham", "Larkminster", "Marrowfield", "Netherwick", "Oakhaven", "Pellingford", "Quarrendale",
    "Ravensholt", "Selmouth", "Tarnbridge", "Wexbourne",
)  # fmt: skip
EMPLOYERS = tuple(name for place in PLACES for name in (f"University of {place}", f"{place} Hospitals Trust"))

DISCIPLINES: Mapping[str, tuple[str, ...]] = {
    "Medically qualified": (
        "Cardiology", "Neurology", "Oncology", "Respiratory medicine", "Paediatrics", "Surgery", "Psychiatry",
        "Renal medicine", "Ophthalmology", "Anaesthesia", "Infectious diseases", "Obstetrics",
    ),
    "Primary care research": ("Primary care", "Multimorbidity"),
    "Allied health professional": ("Physiotherapy", "Speech and language therapy", "Dietetics", "Occupational therapy"),
    "Nursing and midwifery": ("Nursing", "Midwifery"),
    "Public health research": ("Public health", "Health improvement"),
    "Social Care research": ("Social care", "Social work"),
    "Psychologist": ("Psychology",),
    "Epidemiologist": ("Epidemiology",),
    "Social Scientist": ("Medical sociology",),
    "Statistician": ("Medical statistics",),
    "Health Economics": ("Health economics",),
    "Research Management": ("Research management",),
    "Health service researcher": ("Health services research",),
    "Behavioural Scientist": ("Behavioural science",),
}  # fmt: skip

# How often each option of the form's equality monitoring is taken, in the order of the options.
EQUALITY_WEIGHTS: Mapping[str, tuple[int, ...]] = {
    "age_group": (0, 40, 35, 17, 4, 4),
    "gender": (55, 40, 1, 4),
    "disability": (10, 85, 5),
    "ethnicity": (15, 6, 5, 65, 4, 5),
}

# What a mentee hopes for and what a mentor offers, for each criterion.
HOPES: Mapping[str, str] = {
    "balancing_work": "I split my week between {discipline} and research and would like to do both well.",
    "career_progression": "I would like to plan the next steps towards a senior post in {discipline}.",
    "career_transition": "I am moving from a fellowship to an independent post and need to think it through.",
    "research_funding": "My next grant application in {discipline} is due and I have never led one.",
    "global_profile": "I would like to build collaborations abroad.",
    "networking": "I know few people outside my own group and find building relationships hard.",
    "work_life_balance": "With young children I need a way of working that lasts.",
    "diversity_inclusion": "I am the first in my family in research and would value a mentor who understands that.",
    "leadership_development": "I have started to lead a small group and want to grow as a leader.",
    "research_practice": "I would like to strengthen the methods behind my work in {discipline}.",
    "managing_teams": "I manage two researchers for the first time.",
    "industry_collaboration": "I hope to work with industry on a diagnostic and do not know where to start.",
}
OFFERS: Mapping[str, str] = {
    "balancing_work": "I have combined practice in {discipline} with research for many years.",
    "career_progression": "I sit on promotion panels and can help to plan a career in {discipline}.",
    "career_transition": "I changed field and employer twice and can talk about both moves.",
    "research_funding": "I have led large grants and served on funding panels.",
    "global_profile": "I work with partners in four countries.",
    "networking": "I enjoy opening doors and introducing people.",
    "work_life_balance": "I went part-time for some years and know how to protect time.",
    "diversity_inclusion": "I lead our work on inclusion and care about who gets heard.",
    "leadership_development": "I direct a centre and coach new leaders.",
    "research_practice": "I teach methods and advise on study design in {discipline}.",
    "managing_teams": "I have built and led research teams of up to thirty people.",
    "industry_collaboration": "I run studies together with companies in the life sciences.",
}
WISHES: Mapping[str, str] = {
    "same": "Somebody close to {discipline} would suit me best.",
    "other": "A view from outside {discipline} would be welcome.",
    "either": "",
}

COMMENTS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("interim", "mentor"): (
        "Finding dates that suit us both takes time.",
        "A reminder before each meeting would help.",
        "No challenge so far; we meet every other month.",
    ),
    ("interim", "mentee"): (
        "I would like more guidance on how to prepare a meeting.",
        "Clinical work makes it hard to keep the dates.",
        "Nothing at present, my mentor is very generous with time.",
    ),
    ("summative", "mentor"): (
        "I listen more and advise less, with my own team too.",
        "I learned how research looks from another profession.",
        "It was rewarding to see confidence grow over the year.",
    ),
    ("summative", "mentee"): (
        "I applied for a post that I would not have dared to apply for before.",
        "I say no more often and protect the time for writing.",
        "An outside view helped me to choose between two directions.",
    ),
}

# What interviewed people let themselves be quoted with; a pair has one of each.
QUOTES: Mapping[str, tuple[str, ...]] = {
    "mentor": (
        "I was introduced to a kind of research that I knew nothing about.",
        "I ask more than I used to, with my own team as well.",
        "It took us three meetings to find the question that mattered.",
        "I saw confidence grow from one hour to the next.",
        "We are from another profession each, and that kept us curious.",
        "What I gave in time I got back in ideas.",
        "I had forgotten how hard a first grant is.",
        "The hour was the only one of the month in which nobody wanted a decision of me.",
    ),
    "mentee": (
        "I went for the grant, and I would not have without those conversations.",
        "Somebody outside my own hospital could say what nobody here would.",
        "I am home by six on three days now, and my work is the better for it.",
        "The next step had been in front of me for a year.",
        "I was introduced to two people I now write with.",
        "To say no was the hardest thing, and the most useful.",
        "Nobody had ever asked me what I wanted to be known for.",
        "It was good that dates were fixed for the whole year.",
    ),
}
