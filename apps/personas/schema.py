"""What the API's document says about `/personas`, with the examples of spec 1."""

from __future__ import annotations

from apps.personas import views
from smartsteps.wire.openapi import documented, loose, operation

TAG = "Personas"
ROW = {
    "persona_id": "dr_morgan_hayes",
    "name": "Dr. Morgan Hayes",
    "type": "therapist",
    "specialization": "cognitive_behavioral",
    "description": "Cognitive Behavioral Therapist specializing in anxiety and depression",
}
DETAIL = {
    **ROW,
    "background": "Dr. Hayes has a background in clinical psychology with specialization in "
    "cognitive behavioral techniques...",
    "approach": "Dr. Hayes uses a collaborative, structured approach focusing on identifying and "
    "challenging negative thought patterns...",
    "techniques": [
        "cognitive restructuring",
        "behavioral activation",
        "mindfulness",
        "graded exposure",
    ],
    "suitable_for": ["anxiety", "depression", "stress management", "phobias"],
    "avatar_url": "https://example.com/avatars/dr_morgan_hayes.png",
    "voice_settings": {"pitch": "medium", "rate": "medium", "style": "professional"},
    "communication_style": {
        "formality": 0.7,
        "directiveness": 0.6,
        "warmth": 0.8,
        "complexity": 0.5,
    },
}

PersonaViewSet = documented(
    views.PersonaViewSet,
    list=operation("List personas", tag=TAG, returns={"personas": [ROW]}),
    retrieve=operation(
        "Get a persona", tag=TAG, returns=DETAIL, but=loose(nullable="avatar_url"), errors=(404,)
    ),
)
