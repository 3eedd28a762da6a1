"""How many sessions there are, by month and by day, so that nobody has to count a million rows.

Triggers note each coming and going as a row of TallyChange in the transaction that makes it.
Rows are only added, so writers never wait for one another. `fold` sums them into Tally now and
then; until it does, readers add them up themselves, so the numbers are exact at any time.
"""

from __future__ import annotations

from django.db import connection

# Both levels in one statement: a reader sees a change either open or folded, never both.
FOLD = """
    WITH folded AS (DELETE FROM therapy_sessions_tallychange RETURNING day, status, change),
    spans AS (
        SELECT 'day' AS span, day AS start, status, change FROM folded
        UNION ALL
        SELECT 'month', date_trunc('month', day)::date, status, change FROM folded
    )
    INSERT INTO therapy_sessions_tally AS tally (span, start, status, count)
    SELECT span, start, status, sum(change) FROM spans GROUP BY span, start, status
    ORDER BY span, start, status
    ON CONFLICT (span, start, status) DO UPDATE SET count = tally.count + excluded.count
"""

# CTEs: `months`, and `tallied` with the total.
TOTAL = """
    months AS MATERIALIZED (
        SELECT start, sum(count) AS count FROM (
            SELECT start, count FROM therapy_sessions_tally
            WHERE span = 'month' AND status = ANY(%(statuses)s)
            UNION ALL
            SELECT date_trunc('month', day)::date, change FROM therapy_sessions_tallychange
            WHERE status = ANY(%(statuses)s)
        ) noted GROUP BY start
    ),
    tallied AS (SELECT coalesce(sum(count), 0)::bigint AS total FROM months)
"""

# After TOTAL, `place`: the row at %(offset)s, counted from the newest, comes after `rest` more
# rows of those scheduled earlier than `before`. First its month is found, then its day.
PLACE = """
    month AS MATERIALIZED (
        SELECT start, newer FROM (
            SELECT start, sum(count) OVER (ORDER BY start DESC) - count AS newer FROM months
        ) running WHERE newer <= %(offset)s ORDER BY start LIMIT 1
    ),
    days AS (
        SELECT noted.start, sum(noted.count) AS count, min(month.newer) AS newer
        FROM month CROSS JOIN LATERAL (
            SELECT start, count FROM therapy_sessions_tally
            WHERE span = 'day' AND status = ANY(%(statuses)s)
                AND start >= month.start AND start < month.start + interval '1 month'
            UNION ALL
            SELECT day, change FROM therapy_sessions_tallychange
            WHERE status = ANY(%(statuses)s)
                AND day >= month.start AND day < month.start + interval '1 month'
        ) noted
        GROUP BY noted.start
    ),
    place AS MATERIALIZED (
        SELECT (start + 1)::timestamp AT TIME ZONE 'UTC' AS before, %(offset)s - newer AS rest
        FROM (
            SELECT start, newer + sum(count) OVER (ORDER BY start DESC) - count AS newer FROM days
        ) running WHERE newer <= %(offset)s ORDER BY start LIMIT 1
    )
"""


def fold() -> int:
    """Sum up what was noted since; safe to run twice at once. Returns the number of sums."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD)
        return int(cursor.rowcount)
