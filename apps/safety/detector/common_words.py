"""How often frequent words turn up per 1,000 ordinary messages; rules are filed by rarer ones."""

from __future__ import annotations

_TABLE = (
    "a:222 about:23 after:27 again:14 ai:18 alarm:14 am:113 and:122 anyone:18 are:41 as:18 "
    "at:45 be:18 been:14 before:14 bridge:23 but:18 by:14 cake:14 can:18 cousin:14 cut:27 "
    "dad:14 danger:14 de:32 dead:50 did:18 die:36 died:27 do:59 does:14 down:14 dying:18 "
    "end:23 everything:14 feel:27 for:81 from:18 get:14 giving:14 going:23 good:14 goodbye:14 "
    "harm:23 have:68 he:50 her:23 how:14 hurt:23 husband:18 i:394 ich:32 if:41 in:100 is:158 "
    "ist:14 it:63 je:23 just:36 kill:18 killing:23 la:18 life:32 like:14 live:18 lol:27 "
    "matar:18 me:140 mich:14 more:23 my:244 myself:36 ne:18 need:14 never:36 new:32 no:36 "
    "not:136 now:18 nunca:23 of:81 off:32 on:86 one:32 or:18 our:14 out:23 plan:18 risk:14 "
    "roof:18 said:14 say:14 says:18 self:23 she:27 shot:14 should:14 so:18 song:18 "
    "suicidal:14 suicide:36 that:41 the:376 they:32 this:63 thoughts:14 to:163 today:14 "
    "tomorrow:14 tonight:14 too:14 two:18 up:18 va:14 want:32 was:45 we:77 well:14 what:27 "
    "when:27 who:14 will:50 with:32 would:18 you:27 "
)
PER_THOUSAND: dict[str, float] = {
    word: float(count) for word, count in (entry.split(":") for entry in _TABLE.split())
}
RARE = 0.3
