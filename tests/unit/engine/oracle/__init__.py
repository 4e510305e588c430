"""The engine against a token game, on random processes.

A seed draws a process (luck.py, in the plain form of plan.py), which is played twice, move by move: by the engine, as
a diagram (drawing.py) and through bytes at every step, and by the token game (game.py over activities.py and
board.py), a second and much plainer reading of BPMN. match.py makes the moves and compares. `make oracle` plays
thousands, `make oracle SEED=7` plays one and tells it. test_mutants.py makes the engine wrong on purpose, to see that
it is found out."""
