"""Who acts, in which role, and for whom."""

from dataclasses import dataclass

ANYONE = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an action touches: the organisation (public code) and region (KATO) it belongs to.

    An empty value means the thing does not belong to one, so no grant is narrowed by it.
    """

    organisation: str = ANYONE
    region: str = ANYONE


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held for one organisation or for any, in one region or in all."""

    role: str
    organisation: str = ANYONE
    region: str = ANYONE

    def covers(self, scope: Scope) -> bool:
        """Tell whether the grant reaches the scope."""
        of_organisation = self.organisation == ANYONE or scope.organisation in (
            ANYONE,
            self.organisation,
        )
        of_region = self.region == ANYONE or scope.region in (ANYONE, self.region)
        return of_organisation and of_region


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts. `code` is a public code, never a name."""

    code: str
    grants: frozenset[Grant] = frozenset()

    def has(self, role: str) -> bool:
        """Tell whether the actor holds the role anywhere."""
        return any(grant.role == role for grant in self.grants)

    def may(self, role: str, scope: Scope) -> bool:
        """Tell whether the actor holds the role for this scope."""
        return any(grant.role == role and grant.covers(scope) for grant in self.grants)

    def organisations(self, role: str) -> frozenset[str]:
        """Codes of the organisations for which the role is held; empty string means any."""
        return frozenset(grant.organisation for grant in self.grants if grant.role == role)

    @property
    def roles(self) -> frozenset[str]:
        """All roles held anywhere."""
        return frozenset(grant.role for grant in self.grants)


NOBODY = Actor("nobody")
PUBLIC = Actor("public", frozenset({Grant("citizen")}))
CLOCK = Actor("clock", frozenset({Grant("clock")}))
SYSTEM = Actor("system", frozenset({Grant("system")}))
