"""Targets, applications, projects, approvals."""
