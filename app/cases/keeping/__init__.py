"""How long what was entered is kept, what stops that, and how it goes: periods, holds, erasure, keys."""
