"""The words by which the offline rule knows what a message is about. English only."""

from __future__ import annotations

import re

Pattern = re.Pattern[str]


def _any(*words: str) -> Pattern:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


THEMES: dict[str, Pattern] = {
    "grief": _any(
        r"grie(?:f|ve|ving)", r"died", r"death", r"passed away", r"funeral", r"mourn\w*",
        r"(?:lost|losing|loss of) (?:my|our|him|her|a)\b(?! (?:job|temper|keys|mind|phone))",
        r"miscarriage", r"widow\w*", r"miss (?:him|her|my (?:mum|mom|mother|dad|father))",
    ),
    "anxiety": _any(
        r"anxi\w+", r"panic\w*", r"worr(?:y|ied|ies|ying)", r"nervous", r"scared", r"afraid",
        r"fear\w*", r"terrified", r"dread\w*", r"on edge", r"phobi\w+", r"heart (?:races|racing)",
        r"what if", r"overthink\w*", r"freak\w* out",
    ),
    "low_mood": _any(
        r"depress\w+", r"sad", r"sadness", r"empty", r"numb", r"hopeless\w*", r"cry", r"crying",
        r"cried", r"no (?:energy|motivation|interest)", r"lonely", r"loneliness", r"miserable",
        r"feel(?:ing)? (?:so |really |very |pretty )?(?:down|low|flat)", r"can't get out of bed",
        r"don't enjoy", r"nothing (?:is|feels) (?:fun|good)", r"pointless",
    ),
    "anger": _any(
        r"ang(?:er|ry|rily)", r"furious", r"rage", r"mad at", r"yell\w*", r"shout\w*",
        r"lost my temper", r"irritat\w+", r"resent\w*", r"pissed", r"snapped", r"fed up",
    ),
    "work_stress": _any(
        r"work", r"working", r"job", r"boss", r"manager", r"deadline\w*", r"colleague\w*",
        r"coworker\w*", r"co-worker\w*", r"office", r"overtime", r"burn(?:ed|t)? ?out", r"burnout",
        r"career", r"exam\w*", r"project", r"promotion", r"client meeting\w*", r"fired",
    ),
    "sleep": _any(
        r"sleep\w*", r"asleep", r"insomnia", r"awake", r"nightmares?", r"lie awake", r"lying awake",
        r"up all night", r"tossing and turning", r"wak(?:e|ing) up (?:at|early|tired|in the)",
    ),
    "relationships": _any(
        r"husband", r"wife", r"partner", r"boyfriend", r"girlfriend", r"marriage", r"divorce\w*",
        r"break ?up", r"broke up", r"relationship\w*", r"friends?", r"friendship", r"mother",
        r"mum",
        r"mom", r"father", r"dad", r"parents?", r"sister", r"brother", r"family", r"daughter",
        r"my son", r"argu(?:e|ed|ing|ment|ments)", r"dating", r"trust (?:him|her|them|people)",
    ),
    "self_esteem": _any(
        r"worthless", r"failure", r"stupid", r"idiot", r"useless", r"not good enough", r"ugly",
        r"hate myself", r"self[- ]esteem", r"confidence", r"ashamed", r"shame", r"inferior",
        r"loser",
        r"imposter", r"impostor", r"never good enough", r"compare myself", r"embarrass\w*",
    ),
}  # fmt: skip

# What a method may listen for, the weightiest first.
CUES: dict[str, Pattern] = {
    "progress": _any(
        r"(?:a (?:bit|little)|much|so much|feel(?:ing)?|felt|slept|was|is|been|got|"
        r"getting) better", r"managed to",
        r"proud", r"improved", r"went (?:really |quite |pretty )?well", r"it (?:really )?helped",
        r"finally (?:did|told|went|got|said|asked)", r"good (?:day|week)", r"I tried (?:it|that)",
        r"first time in (?:weeks|months|ages|years)", r"relieved", r"happier",
    ),
    "self_criticism": _any(
        r"(?:I'm|I am|I feel|I was|being) (?:\w+ ){0,3}(?:stupid|idiot|worthless|useless|failure|"
        r"loser|pathetic|weak|broken|disgusting|ugly|burden|mess|fraud|lazy|awful person|bad \w+)",
        r"hate myself", r"not (?:good|smart|strong) enough", r"my (?:own )?fault", r"blame myself",
        r"never good enough", r"what's wrong with me", r"something(?:'s| is) wrong with me",
    ),
    "ambivalence": re.compile(
        r"\b(?:want|need|know|like|love|should|part of me|would)\b[^.!?]{2,80}\b(?:but|yet|"
        r"though)\b"
        r"|\b(?:part of me|on the one hand|torn|mixed feelings|not sure (?:if|whether))\b",
        re.IGNORECASE,
    ),
    "early_family": _any(
        r"when I was (?:a )?(?:kid|child|little|young|small|growing up|a boy|a girl|\d+)",
        r"childhood",
        r"growing up", r"my (?:mother|mum|mom|father|dad|parents) (?:always|never|used to|would)",
        r"just like my (?:mother|mum|mom|father|dad)",
    ),
    "should": _any(r"should(?:n't)?", r"ought to", r"supposed to", r"I must"),
    "avoidance": _any(
        r"avoid\w*", r"put(?:ting)? (?:it|things) off", r"procrastinat\w*", r"cancel(?:led|ed)?",
        r"stay(?:ed)? (?:home|in bed|inside)", r"didn't go", r"don't go out", r"can't face",
        r"hid(?:e|ing)",
        r"ignor(?:e|ed|ing)", r"scroll\w*", r"gave up",
    ),
    "rumination": _any(
        r"what if", r"keep thinking", r"can't stop thinking", r"overthink\w*", r"over and over",
        r"going round", r"in my head", r"replay\w*", r"mind (?:races|racing|won't stop)",
    ),
    "exception": _any(
        r"except", r"not always", r"sometimes it's (?:ok|okay|fine|better)", r"used to be",
        r"other days",
        r"when I'm (?:with|at|on)", r"only when", r"usually",
    ),
    "change_talk": _any(
        r"I (?:really )?(?:want|need|would like|wish I could|hope) to", r"I(?:'d| would) like to",
        r"I have to (?:change|stop|start)", r"I(?:'m| am) (?:ready|planning|determined) to",
        r"I (?:might|could|will) (?:try|start|stop|talk|ask)", r"I've decided",
    ),
    "stuck": _any(
        r"I can't (?:go on|cope|do (?:it|this)|change|stop|get out|take (?:it|this)|manage|"
        r"see (?:a|any)|win)", r"no point", r"nothing (?:works|helps|changes)",
        r"I've tried everything",
        r"it's (?:too (?:hard|late|much)|impossible|hopeless)", r"stuck", r"what's the use",
        r"no way out",
    ),
    "absolutes": _any(
        r"always", r"never", r"everyone(?! else)", r"everybody(?! else)", r"no ?one", r"nobody",
        r"nothing ever",
        r"everything", r"every single time", r"completely", r"ruined",
    ),
    "body": _any(
        r"chest", r"stomach", r"shak(?:e|ing|y)", r"tense", r"tight", r"headaches?",
        r"heart (?:races|racing|pounds|"
        r"pounding)", r"breath\w*", r"sweat\w*", r"knot", r"nausea\w*", r"sick to my",
    ),
}  # fmt: skip

FEELINGS = (
    "anxious", "nervous", "worried", "scared", "afraid", "overwhelmed", "stressed", "tense",
    "restless", "panicky", "sad", "lonely", "empty", "numb", "exhausted", "drained", "tired",
    "miserable", "angry", "furious", "frustrated", "irritated", "annoyed", "hurt", "ashamed",
    "embarrassed", "guilty", "jealous", "confused", "lost", "stuck", "trapped",
    "disappointed", "heartbroken", "helpless", "upset", "bored", "relieved", "happy", "proud",
    "hopeful", "calm", "grateful", "excited",
)  # fmt: skip
PLEASANT: frozenset[str] = frozenset((
    "calm", "excited", "grateful", "happy", "hopeful", "proud", "relieved",
))  # fmt: skip

ASKS_AI = re.compile(
    r"\b(?:are|r) (?:you|u) (?:\w+ ){0,3}(?:real|human|an? ai|ai|an? (?:ro)?bot|a person|"
    r"a machine|a computer|chat ?gpt|a program|a real)\b"
    r"|\b(?:am i|is this) (?:\w+ ){0,3}(?:talking|speaking|chatting)? ?(?:to|with)? ?(?:an? )?"
    r"(?:ai|robot|bot|machine|computer|human|real person|person|chatbot)\b"
    r"|\bwho (?:am i (?:talking|speaking) to|are you)\b|\bwhat are you\W*$"
    r"|\b(?:licensed|qualified|real) (?:therapist|doctor|psychologist|counsell?or)\b",
    re.IGNORECASE,
)
ASKS_MEDICAL = re.compile(
    r"\b(?:diagnos\w+|medications?|meds|antidepressants?|ssris?|prozac|zoloft|xanax|sertraline"
    r"|lexapro|valium|benzos?|benzodiazepines?|ritalin|adderall|lithium|prescri\w+|dos(?:e|age)|"
    r"pills?"
    r"|sleeping tablets?|melatonin)\b"
    r"|\b(?:do|might|could|think) (?:you think )?i(?:'ve| have|"
    r" might have)? (?:got )?(?:have )?(?:\w+ )?"
    r"(?:adhd|bipolar|ptsd|ocd|autis\w+|bpd|borderline|depression|schizo\w+|an? \w*\s?disorder)\b"
    r"|\bam i (?:\w+ )?(?:depressed|bipolar|autistic|adhd|ocd|crazy|mentally ill|a narcissist)\b"
    r"|\bdo i have (?:\w+ )?(?:depression|anxiety|adhd|ptsd|ocd|bipolar|autism|an? \w+ disorder)\b",
    re.IGNORECASE,
)
MEDICAL_WISH = re.compile(
    r"\?|\b(?:should i|can you|tell me|recommend|prescribe|diagnose|stop(?:ped|ping)?|quit|skip\w*|"
    r"doubl(?:e|ed|ing)|extra|ran out|what to take)\b",
    re.IGNORECASE,
)
INJECTION = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|prompts?|above|"
    r"previous|guidelines|programming)\b"
    r"|\bsystem prompt\b|\byour (?:instructions|prompt|rules|programming)\b|\bjailbreak\w*"
    r"|\b(?:you are|you're) now (?:an?|the|in|dan|free)\b"
    r"|(?:^|[.!?,]\s*|\b(?:please|now|can you|you must|and|then) )(?:pretend|act|roleplay|"
    r"role-play) "
    r"(?:to be|as|like|you|that you)\b"
    r"|\b(?:repeat|say|write|print|output) (?:after me|the (?:word|words|following|text|phrase)|"
    r"exactly)\b"
    r"|\bdeveloper mode\b|<\s*/?\s*(?:system|script|instruction)|^\s*(?:system|assistant)\s*:",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
INSULT = re.compile(
    r"\b(?:fuck|screw|damn|hate) (?:you|u|off|this (?:bot|thing|app))\b|\bshut up\b|\bgo to hell\b"
    r"|\b(?:you|u|this (?:bot|app|thing))(?: are|'re| is|'s) (?:\w+ ){0,3}"
    r"(?:useless|stupid|idiot|dumb|worthless|pathetic|moron|garbage|trash|crap|shit|bitch|asshole|"
    r"joke|"
    r"annoying|terrible|waste of time|not helping|no help)\b"
    r"|\byou (?:stupid|useless|dumb|pathetic|fucking|worthless|idiot|moron)\b|\byou(?:'re|"
    r" are)? not help\w*"
    r"|\byou don't help\b|\bstupid (?:bot|app|machine|program)\b",
    re.IGNORECASE,
)
GOODBYE = re.compile(
    r"\b(?:bye|goodbye|good ?night(?!'s)|see you (?:later|soon|next|tomorrow|then)|"
    r"talk (?:to you )?(?:later|soon|"
    r"next)|that's (?:all|it|enough) for (?:today|now)|let's (?:stop|end) (?:here|now))\b"
    r"|\b(?:take care|(?:have|need|got|gotta) (?:to )?go(?: now)?)\W*$",
    re.IGNORECASE,
)
APOLOGY = re.compile(
    r"\b(?:sorry|apologi[sz]e|my bad|just (?:testing|joking|kidding))\b", re.IGNORECASE
)
THANKS = re.compile(
    r"\b(?:thanks|thank you|thx|cheers|much appreciated|appreciate (?:it|this|that))\b",
    re.IGNORECASE,
)
GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening)|greetings)(?: there| doc| dr\.?| "
    r"doctor| again| \w+)?\W*$",
    re.IGNORECASE,
)
ASKS_ADVICE = re.compile(
    r"\bwhat (?:should|can|do|would|could) (?:i|you) (?:do|suggest|recommend|advise|say|think)\b"
    r"|\bhow (?:do|can|should|could) i\b|\bshould i\b|\bany (?:advice|tips|suggestions|ideas)\b"
    r"|\bdo you (?:really |honestly )?think\b|\b(?:tell me what|give me (?:some )?(?:advice|"
    r"tips))\b|\bwhat do you think\b|\bcan you help\b",
    re.IGNORECASE,
)
ASKS_PERSONA = re.compile(
    r"\b(?:do|are|have|were|did|can|would|will|could|how|what|where|why)"
    r"(?:'re| are| do| is| about| old are)? (?:you|your|u)\b(?! (?:know what i mean|see)\b)"
    r"[^.!?]{0,200}\?",
    re.IGNORECASE,
)

YES = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|ya|kind of|kinda|sort of|maybe|sometimes|a (?:bit|little)|probably|"
    r"i (?:am|do|have|did|might|could|think so|guess)(?! (?:not|nothing)\b)|(?:i'm )?not sure|"
    r"i don't know|idk)\b",
    re.IGNORECASE,
)
NO = re.compile(
    r"^\W*(?:no|nope|nah|not (?:really|at all|now|today)|i(?:'m| am) (?:safe|fine|ok|okay|"
    r"not(?! sure))|"
    r"i don't(?! know)|i do not(?! know)|i wouldn't|i won't|never|everyone is safe|we're safe)\b",
    re.IGNORECASE,
)

ENGLISH = frozenset((
    "a", "am", "an", "and", "are", "at", "be", "been", "but", "can", "can't", "did", "do",
    "don't", "feel", "for", "had", "has", "have", "he", "hello", "hi", "how", "i", "i'd",
    "i'll", "i'm", "i've", "in", "is", "it", "it's", "just", "know", "like", "me", "my", "no",
    "not", "of", "ok", "okay", "on", "really", "she", "so", "thank", "thanks", "that", "the",
    "there", "they", "think", "this", "to", "want", "was", "were", "what", "when", "why",
    "will", "with", "would", "yeah", "yes", "you",
))  # fmt: skip
SHARED_WITH_OTHER_LANGUAGES = frozenset((
    "a", "am", "an", "at", "be", "can", "do", "has", "he", "hello", "hi", "i", "in", "is",
    "it", "me", "no", "of", "ok", "okay", "on", "so", "to", "was", "will",
))  # fmt: skip
ENGLISH_ONLY = ENGLISH - SHARED_WITH_OTHER_LANGUAGES
# Function words of Spanish, French, German, Portuguese, Italian and Dutch that no English has.
FOREIGN = frozenset((
    "que", "porque", "pero", "estoy", "muy", "una", "los", "las", "para", "por", "mi", "esto",
    "quiero", "tengo", "siento", "hola", "gracias", "nada", "je", "j'ai", "c'est", "suis", "pas",
    "les", "des", "mais", "avec", "pour", "très", "une", "mon", "bonjour", "merci", "veux", "moi",
    "ich", "bin", "und", "nicht", "das", "ist", "mir", "mich", "der", "ein", "eine", "habe",
    "auch", "sehr", "kann", "keine", "danke", "eu", "não", "nao", "estou", "uma", "meu", "minha",
    "com", "muito", "quero", "obrigado", "obrigada", "sono", "che", "mio", "molto",
    "perché", "voglio", "ciao", "grazie", "ik", "het", "een", "niet", "mijn", "ook",
))  # fmt: skip
