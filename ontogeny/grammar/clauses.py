"""Clauses: a subject, an agreeing verb group, and what the verb demands."""

from __future__ import annotations

from ontogeny.grammar import closed as fw
from ontogeny.grammar.groups import ACTIVE, COPULAR, INVERTED, PASSIVE, Group
from ontogeny.grammar.phrases import MAX_DEPTH, SUBJECT_CLASSES, Phrases
from ontogeny.grammar.sampling import Table, parse_weights
from ontogeny.grammar.semantics import ADJUNCTS
from ontogeny.grammar.words import Entry, Verb

ADJUNCT_CLASSES = Table.of(*zip(*parse_weights(ADJUNCTS).items(), strict=True))


class Clauses(Phrases):
    """Writes clauses; every method returns the position of the clause's head."""

    def clause(self, relation: str, depth: int, mark: Entry | None = None) -> int:
        """Write a finite clause with its own subject."""
        left = [self.add(mark, "mark")] if mark else []
        u = self.draw()
        if u < 0.17:
            return self._copular(relation, left, depth)
        if u < 0.2:
            return self._existential(relation, left, depth)
        if u < 0.28:
            return self._passive(relation, left, depth)
        verb = self.pick(self.tables.verbs)
        sem = self.pick(verb.subjects)
        subject, agreement = self.noun_phrase(sem, "nsubj", depth)
        left.append(subject)
        group = self.pick(ACTIVE[agreement])
        head = self.predicate(verb, group, relation, left, agreement, depth)
        if depth == 0 and self.draw() < 0.07:
            self._second_verb(head, sem, group.form, agreement)
        return head

    def question(self, relation: str) -> int:
        """Write a polar question: the finite auxiliary precedes the subject."""
        verb = self.pick(self.tables.verbs)
        # The subject comes second, but the auxiliary must agree with it: write it
        # first, then move the auxiliary in front.
        subject, agreement = self.noun_phrase(self.pick(verb.subjects), "nsubj", 1)
        group = self.pick(INVERTED[agreement])
        (auxiliary, name), *rest = group.auxiliaries
        self._prepend(auxiliary, name)
        moved = Group(tuple(rest), group.form)
        return self.predicate(verb, moved, relation, [1, subject + 1], agreement, 1)

    def _prepend(self, entry: Entry, relation: str) -> None:
        self.entries.insert(0, entry)
        self.relations.insert(0, relation)
        self.heads[:] = [0] + [head + 1 if head else 0 for head in self.heads]

    def predicate(
        self,
        verb: Verb,
        group: Group,
        relation: str,
        left: list[int],
        agreement: str,
        depth: int,
    ) -> int:
        """Write a verb group, the verb and all that follows it."""
        left += [self.add(entry, name) for entry, name in group.auxiliaries]
        if self.draw() < 0.07:
            left.append(self.add(self.pick(self.tables.adverbs["manner"]), "advmod"))
        head = self.add(verb.forms[group.form], relation)
        self.attach(left, head)
        self._complement(verb, head, agreement, depth)
        self._adjuncts(head, depth)
        return head

    def _complement(self, verb: Verb, head: int, agreement: str, depth: int) -> None:
        frame = verb.frame
        if frame == "that" and depth < MAX_DEPTH - 1:
            mark = self.pick(fw.COMPLEMENTIZERS)
            self.attach([self.clause("ccomp", depth + 1, mark)], head)
        elif frame == "to" and depth < MAX_DEPTH:
            self._infinitive("xcomp", head, self.pick(verb.subjects), agreement, depth)
        elif frame == "prep":
            sem = self.pick(verb.objects)
            noun, _ = self.noun_phrase(sem, "obl", depth + 1, verb.preposition)
            self.attach([noun], head)
        elif frame == "give":
            self._transfer(verb, head, depth)
        elif frame != "intr":
            self._object(verb, head, agreement, depth)

    def _object(self, verb: Verb, head: int, agreement: str, depth: int) -> None:
        """Direct object; a reflexive one agrees with the subject."""
        personal = "person" in verb.subjects.items and agreement != "n"
        if personal and self.draw() < 0.13:
            self.add(fw.PRONOUNS[agreement][2], "obj", head)
            return
        noun, _ = self.noun_phrase(self.pick(verb.objects), "obj", depth + 1)
        self.attach([noun], head)

    def _transfer(self, verb: Verb, head: int, depth: int) -> None:
        """*Give a thing to someone*, or *give someone a thing*."""
        sem = self.pick(verb.objects)
        if self.draw() < 0.35:
            person, _ = self.noun_phrase("person", "iobj", MAX_DEPTH)
            thing, _ = self.noun_phrase(sem, "obj", depth + 1)
        else:
            thing, _ = self.noun_phrase(sem, "obj", depth + 1)
            person, _ = self.noun_phrase("person", "obl", depth + 1, fw.TO_CASE)
        self.attach([person, thing], head)

    def _infinitive(
        self, relation: str, head: int, sem: str, agreement: str, depth: int
    ) -> None:
        """*To* and a verb, whose reflexive agrees with the subject of the first."""
        left = [self.add(fw.TO, "mark")]
        verb = self.pick(self.tables.verbs_by_subject[sem])
        group = Group((), "VB")
        inner = self.predicate(verb, group, relation, left, agreement, depth + 1)
        self.attach([inner], head)

    def _adjuncts(self, head: int, depth: int) -> None:
        u = self.draw() * (1 + 0.6 * depth)
        if u < 0.32:
            sem = self.pick(ADJUNCT_CLASSES)
            self.prepositional(sem, "obl", head, depth + 1)
        elif u < 0.47:
            kind = "manner" if u < 0.39 else "when" if u < 0.44 else "where"
            self.add(self.pick(self.tables.adverbs[kind]), "advmod", head)
        elif u < 0.49:
            self.add(self.pick(fw.PARTICLES), "advmod", head)

    def _second_verb(self, head: int, sem: str, form: str, agreement: str) -> None:
        """A second verb of the same subject and form: *she sings and dances*."""
        link = self.add(self.pick(fw.COORDINATORS), "cc")
        group = Group((), form)
        verb = self.pick(self.tables.verbs_by_subject[sem])
        second = self.predicate(verb, group, "conj", [link], agreement, MAX_DEPTH)
        self.attach([second], head)

    def _copular(self, relation: str, left: list[int], depth: int) -> int:
        """Subject, *be*, and an adjective, a comparison or a noun."""
        sem = self.pick(SUBJECT_CLASSES)
        subject, agreement = self.noun_phrase(sem, "nsubj", depth)
        left.append(subject)
        group = self.pick(COPULAR[agreement])
        left += [self.add(entry, name) for entry, name in group.auxiliaries]
        if self.draw() < 0.3:
            plural = agreement in ("p", "1p")
            head, _ = self.common(sem, relation, depth + 1, plural)
            self.attach(left, head)
            return head
        return self._adjectival(sem, relation, left, depth)

    def _adjectival(self, sem: str, relation: str, left: list[int], depth: int) -> int:
        adjective = self.pick(self.tables.adjectives[sem])
        u = self.draw()
        if u < 0.15:
            left.append(self.add(self.pick(self.tables.adverbs["degree"]), "advmod"))
        comparative = adjective.comparative if u > 0.4 else None
        head = self.add(comparative or adjective.base, relation)
        self.attach(left, head)
        if comparative:
            other, _ = self.noun_phrase(sem, "obl", depth + 1, fw.THAN)
            self.attach([other], head)
        elif u > 0.35:
            self._adjuncts(head, depth)
        return head

    def _existential(self, relation: str, left: list[int], depth: int) -> int:
        """*There is a …*: the verb precedes the noun it agrees with."""
        sem = self.pick(SUBJECT_CLASSES)
        plural = self.draw() < 0.45
        there = self.add(fw.THERE, "expl")
        group = self.pick(COPULAR["p" if plural else "n"])
        left = [*left, there]
        left += [self.add(entry, name) for entry, name in group.auxiliaries[:-1]]
        head = self.add(group.auxiliaries[-1][0], relation)
        self.attach(left, head)
        noun, _ = self.common(sem, "nsubj", depth, plural)
        self.attach([noun], head)
        return head

    def _passive(self, relation: str, left: list[int], depth: int) -> int:
        verb = self.pick(self.tables.transitives)
        subject, agreement = self.noun_phrase(
            self.pick(verb.objects), "nsubj:pass", depth
        )
        left.append(subject)
        group = self.pick(PASSIVE[agreement])
        left += [self.add(entry, name) for entry, name in group.auxiliaries]
        head = self.add(verb.forms["VBN"], relation)
        self.attach(left, head)
        if self.draw() < 0.35:
            self._agent(verb, head, depth)
        else:
            self._adjuncts(head, depth)
        return head

    def _agent(self, verb: Verb, head: int, depth: int) -> None:
        sem = self.pick(verb.subjects)
        noun, _ = self.noun_phrase(sem, "obl:agent", depth + 1, fw.BY)
        self.attach([noun], head)

    def relative_clause(self, head: int, sem: str, agreement: str, depth: int) -> None:
        """*Who sings*, *that she sang*, *singing*, *sung by her*."""
        as_subject, as_object = fw.RELATIVE[sem == "person"]
        subjects, objects = self.tables.verbs_by_subject, self.tables.verbs_by_object
        u = self.draw()
        if u > 0.65 and sem in objects:
            verb = self.pick(objects[sem])
            if u > 0.88:
                inner = self.add(verb.forms["VBN"], "acl", head)
                self._agent(verb, inner, depth)
                return
            relative = self.add(self.pick(as_object), "obj")
            sem = self.pick(verb.subjects)
            subject, agreement = self.noun_phrase(sem, "nsubj", MAX_DEPTH)
            left = [relative, subject]
            group = self.pick(ACTIVE[agreement])
            left += [self.add(entry, name) for entry, name in group.auxiliaries]
            inner = self.add(verb.forms[group.form], "acl:relcl", head)
            self.attach(left, inner)
            self._adjuncts(inner, MAX_DEPTH)
        elif sem in subjects:
            verb = self.pick(subjects[sem])
            if u < 0.18:
                group, name, left = Group((), "VBG"), "acl", []
            else:
                group, name = self.pick(ACTIVE[agreement]), "acl:relcl"
                left = [self.add(self.pick(as_subject), "nsubj")]
            inner = self.predicate(verb, group, name, left, agreement, depth)
            self.attach([inner], head)
