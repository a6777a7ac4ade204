"""Instruments, tranches, tariff and the household bill."""
