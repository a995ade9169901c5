"""A GitHub of our own: real git over http, REST checked against GitHub's description."""

from .faults import Fault
from .server import Hub
from .state import Login, Project

__all__ = ["Fault", "Hub", "Login", "Project"]
