"""How much of a network each of its sections carries: from the register to the engine and back."""
