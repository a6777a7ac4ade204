"""Actor, clock, errors, ids, money, states, text, units, validity: a closed list."""
