"""The JavaScript client of spec 1 (WebSocket Client Example) as it stands, run by Node.

Only the address is ours, with the token in it (the example names a token and never sends it),
and the session's id; what the page would call by a click is called at the end.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import playwright

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.sessions.models import Message, Session
from smartsteps.lib.threads import run_sync

NODE = Path(playwright.__file__).parent / "driver" / "node"
EXAMPLE = """
const token = 'YOUR_JWT_TOKEN';
const socket = new WebSocket('wss://api.smartsteps.example.com/ws');

socket.onopen = () => {
  console.log('Connection established');

  // Join a session
  socket.send(JSON.stringify({
    type: 'join_session',
    id: 'msg1',
    data: {
      session_id: 's67890'
    }
  }));
};

socket.onmessage = (event) => {
  const message = JSON.parse(event.data);

  switch (message.type) {
    case 'session_update':
      console.log('Session updated:', message.data);
      break;

    case 'new_message':
      console.log('New message:', message.data.message);
      // Update UI with new message
      break;

    case 'typing_indicator':
      console.log('Typing indicator:', message.data);
      // Show/hide typing indicator
      break;

    case 'error':
      console.error('Error:', message.data);
      break;
  }
};

socket.onclose = (event) => {
  console.log('Connection closed:', event.code, event.reason);
};

// Send a message
function sendMessage(content) {
  socket.send(JSON.stringify({
    type: 'send_message',
    id: 'msg' + Date.now(),
    data: {
      session_id: 's67890',
      content: content,
      sender_type: 'client'
    }
  }));
}
"""
CLICKS = """
setTimeout(() => sendMessage('I feel stressed.'), 700);
setTimeout(() => socket.close(), 1600);
"""


async def test_it_runs(port: int, alice: User, active: Session) -> None:
    issued = await run_sync(accounts.open_login, user=alice)
    address = f"ws://127.0.0.1:{port}/ws?token={issued.token}"
    script = EXAMPLE.replace("wss://api.smartsteps.example.com/ws", address)
    script = script.replace("s67890", active.pk) + CLICKS
    node = await asyncio.create_subprocess_exec(
        NODE,
        *("-e", script),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await asyncio.wait_for(node.communicate(), 20)
    said = output.decode()
    assert not errors, errors.decode()
    assert "Connection established" in said
    assert "Session updated:" in said
    assert "status: 'active'" in said
    assert "New message:" in said
    assert "content: 'I feel stressed.'" in said
    assert "Connection closed: 1005" in said
    message = await run_sync(Message.objects.get)
    assert message.sender_id == active.client_id
