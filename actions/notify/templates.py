"""The built-in texts. They say what is known and claim nothing: not that it worked, not
that no data was lost."""

from __future__ import annotations

TEAM = """\
To: {to}
Subject: [{migration_title}] {phase_title} rollback - {date}

Status: {status}

What happened:
Trouble with {phase}: {issue}
Severity {severity}. Rollback started {started} by {by}.

Impact:
- Affected: {impact}
- Duration: {started} to {end}
- How many are affected: {count}

Root cause: {root_cause}

What is done:
- Rollback: {branch}
- Due: {deadline}
- Promised recovery time: {recovery_time}

Next steps:
1. {next_steps}

What no rollback brings back: {irreversible}

Contact: {contact} in {channel}. {mention}
"""

USERS = """\
Subject: {migration_title}: we are taking a change back

We are taking a change to {migration_title} back because of: {public_reason}

What this means for you:
- {user_impact}
- Your data: {data_state}

When we expect it to be solved: {timeline}
Where to look: {status_page}
"""
