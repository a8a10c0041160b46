"""A story's own memory: short forms, pronouns, acronyms, and roles that take the story's country."""

from diurna.parse.frames import Mention, ParsedStory
from diurna.records import Sentence, Story, story_id
from diurna.resolve.actors import Resolver
from diurna.resolve.memory import resolve_story, trace_story


def read(sentences, mentions, published="2021-06-10", dateline=None, places=()):
    """Build a story of sentences; each mention is (sentence, words, nth)."""
    text, found, spans, starts = "", [], [], []
    for i, sentence in enumerate(sentences):
        starts.append(len(text))
        spans.append(Sentence(i, len(text), len(text) + len(sentence)))
        text += sentence + " "
    for kind, group in (("party", mentions), ("place", places)):
        for i, words in group:
            at = starts[i] + sentences[i].index(words)
            found.append(Mention(words, at, at + len(words), kind, i))
    return Story(story_id(text, published), text, published, dateline=dateline), ParsedStory(tuple(spans), tuple(found), ())


def parties(*args, **kwargs):
    story, parsed = read(*args, **kwargs)
    return {p.text: p for p in resolve_story(story, parsed, Resolver()).values()}


def test_surname_and_pronoun_take_the_full_name():
    found = parties(
        ["Kenyan Foreign Minister Lydia Maronda arrived on Monday.", "Maronda met officials, and she thanked them."],
        [(0, "Kenyan Foreign Minister Lydia Maronda"), (1, "Maronda"), (1, "she")],
    )
    assert {found[w].name for w in found} == {"Lydia Maronda"}
    assert {found[w].country for w in found} == {"KEN"}
    assert {found[w].sector for w in found} == {"GOV"}


def test_headline_surname_is_resolved_from_what_follows():
    found = parties(
        ["Maronda arrives.", "Kenyan Foreign Minister Lydia Maronda landed on Monday."],
        [(0, "Maronda"), (1, "Kenyan Foreign Minister Lydia Maronda")],
    )
    assert found["Maronda"].name == "Lydia Maronda"


def test_acronym_in_brackets():
    found = parties(
        ["The Union of Peruvian Dockers (UPD) struck.", "UPD blocked the port."],
        [(0, "The Union of Peruvian Dockers"), (1, "UPD")],
    )
    assert (found["UPD"].sector, found["UPD"].country) == (found["The Union of Peruvian Dockers"].sector, "PER")


def test_unnamed_role_takes_the_dateline():
    found = parties(["Police fired tear gas at protesters."], [(0, "Police"), (0, "protesters")], dateline="NAIROBI")
    assert (found["Police"].country, found["Police"].sector) == ("KEN", "COP")
    assert (found["protesters"].country, found["protesters"].sector) == ("KEN", "CVL")


def test_without_a_country_in_the_story_nothing_is_guessed():
    found = parties(["Police fired tear gas."], [(0, "Police")])
    assert found["Police"].country is None


def test_possessive_takes_its_owner():
    found = parties(["Chad sent its troops to the border."], [(0, "Chad"), (0, "its troops")])
    assert (found["its troops"].country, found["its troops"].sector) == ("TCD", "MIL")


def test_same_mentions_same_answer_and_offsets():
    story, parsed = read(["The Nigerian army said it had withdrawn."], [(0, "The Nigerian army"), (0, "it")])
    first, second = trace_story(story, parsed, Resolver()), trace_story(story, parsed, Resolver())
    assert first == second
    assert all(story.text[a:b] == r.party.text for (a, b), r in first.items())
    last = max(first)
    assert first[last].antecedent == min(first)
