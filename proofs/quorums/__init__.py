"""Quorum systems, their analyses, and one file per configuration format.

In the order in which they read best:

- What a quorum system is: `trees`, `normal`, `systems`, `library`.
- Where it is read from: `configurations`, `findings`, `identities`, `formats`; `resolution` settles unknown nodes.
- What is decided of it: `minimal`, `clauses`, `intersection`, `safety`, `certificates`; `deadline` limits all of it.
- What else is asked: `questions`, `answers`, `analyses`; `namesakes` matches the members of two configurations.
- All of it for a report: `analyse` decides safety first, `further` answers the other questions, `report` holds the
  result as data, and `rendering` lays it out.
"""
