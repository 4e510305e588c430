"""Emergency access: sight of a case for a limited time, for who has no part in it. Announced, recorded, reviewed."""
