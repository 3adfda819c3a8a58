"""Training that goes on from a program: its wiring stays, its rules and scores move.

The wiring says which variables each node reads. A program that was trained is a place
where gradients have nothing left to say, so its rules are exchanged one node at a
time, each exchange is computed exactly, and the scores are fitted again.
"""
