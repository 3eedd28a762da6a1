"""What a connection may cost the server; the same figures for both servers."""

from __future__ import annotations

PING_INTERVAL_S = 20
PING_TIMEOUT_S = 30
HEAD_LIMIT_BYTES = 64 * 1024  # a request's line and headers
REQUEST_WITHIN_S = 60  # from a request's first line to the end of its body
STALLED_AFTER_S = 20  # a client that reads nothing for so long is dropped
BACKLOG_LIMIT_BYTES = 1024 * 1024  # of one socket, beyond the transport's own buffer
UNREAD_FRAMES = 64  # of one socket, which its consumer did not take yet
CLOSE_HANDSHAKE_S = 3
STOP_WITHIN_S = 7
