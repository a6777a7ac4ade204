"""Modelled wear of sections: ageing, imputation of what is unknown, forecast."""
