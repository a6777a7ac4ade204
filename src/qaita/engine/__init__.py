"""Pure numerical functions of arrays: wear, criticality, plan, flow."""
