"""The JavaScript client of spec 2 (Example Usage) as it stands, run by Node.

Only the host's port and the player's id are ours. What the example leaves to its page stands
around it: the storage the token is in, what is done with messages, and answers typed by a person.
"""

from __future__ import annotations

import asyncio
import json

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.characters.models import Character
from smartsteps.lib.threads import run_sync
from tests.characters.player import TERSE
from tests.contract.test_spec_1_javascript import NODE

EXAMPLE = """
const token = localStorage.getItem('tta_access_token');
const ws = new WebSocket(`ws://localhost:8000/ws/conversational-character-creation?token=${token}`);

ws.onopen = () => {
  // Start conversation
  ws.send(JSON.stringify({
    type: 'start_conversation',
    player_id: 'user123',
    metadata: { source: 'web_ui' }
  }));
};

ws.onmessage = (event) => {
  const message = JSON.parse(event.data);
  
  switch (message.type) {
    case 'assistant_message':
      displayMessage(message.content);
      break;
    case 'progress_update':
      updateProgress(message.progress);
      break;
    case 'crisis_detected':
      handleCrisis(message);
      break;
  }
};

// Send user response
function sendResponse(content) {
  ws.send(JSON.stringify({
    type: 'user_response',
    conversation_id: currentConversationId,
    content: content,
    timestamp: new Date().toISOString()
  }));
}
"""  # noqa: W293  # as the spec has it
BEFORE = """
const localStorage = { getItem: (key) => ({ tta_access_token: process.argv[1] })[key] };
const lines = JSON.parse(process.argv[2]);
let currentConversationId = null, shown = 0;
function displayMessage(content) {
  console.log('GUIDE', content);
  if (currentConversationId && shown++ < lines.length) sendResponse(lines[shown - 1]);
}
function updateProgress({ current_stage, progress_percentage, completed_stages }) {
  console.log('PROGRESS', current_stage, progress_percentage, completed_stages.length);
}
function handleCrisis(message) { console.log('CRISIS', message.crisis_level); }
"""
AFTER = """
ws.addEventListener('message', (event) => {
  const message = JSON.parse(event.data);
  if (message.type === 'conversation_started') {
    currentConversationId = message.conversation_id;
    sendResponse(lines[shown++]);
  }
  if (message.type === 'conversation_completed') {
    console.log('COMPLETED', message.character_preview.name);
    ws.close();
  }
});
"""
DANGER = "I want to kill myself"
SAFE = "I'm safe now, let's go on"


async def test_it_runs(port: int, jane_user: User) -> None:
    """To the end, with a crisis on the way."""
    issued = await run_sync(accounts.open_login, user=jane_user)
    example = EXAMPLE.replace("localhost:8000", f"127.0.0.1:{port}")
    script = BEFORE + example.replace("user123", jane_user.pk) + AFTER
    said = [*TERSE[:4], DANGER, SAFE, *TERSE[4:]]
    node = await asyncio.create_subprocess_exec(
        NODE,
        *("-e", script, issued.token, json.dumps(said)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await asyncio.wait_for(node.communicate(), 20)
    told = output.decode()
    assert not errors, errors.decode()
    assert told.startswith("GUIDE")
    assert "PROGRESS welcome 0 0" in told
    assert "CRISIS high" in told
    assert "PROGRESS completion 100 13" in told
    assert told.rstrip().endswith("COMPLETED Ana")
    character = await run_sync(Character.objects.get)
    assert character.data["name"] == "Ana"
