"""How often frequent words turn up per 1,000 ordinary messages; rules are filed by rarer ones."""

from __future__ import annotations

_TABLE = (
    "a:227 about:47 afraid:5 after:20 again:17 ago:7 ai:5 all:25 alone:3 always:8 am:128 an:19 "
    "and:195 angry:3 another:4 any:11 anyone:4 anything:5 are:35 arm:3 as:15 ask:4 asked:4 at:74 "
    "away:7 baby:4 back:12 bad:5 be:30 beat:5 because:15 bed:5 been:23 before:15 being:7 best:6 "
    "better:9 between:3 bit:13 blood:5 body:4 book:4 boss:6 both:3 boyfriend:3 bridge:10 broke:4 "
    "brother:12 burned:5 bus:4 but:31 by:21 cake:5 call:6 called:5 can:30 car:8 cat:5 ce:3 "
    "character:5 class:4 coffee:3 come:6 comes:3 could:13 cousin:4 cried:8 cut:17 dad:12 "
    "daughter:5 day:16 days:5 de:20 dead:24 death:14 der:4 did:15 die:25 died:16 do:60 doctor:4 "
    "does:10 dog:10 doing:4 done:5 door:5 down:12 dying:10 e:5 eat:4 el:6 en:5 end:16 enough:4 "
    "est:4 even:5 evening:4 every:14 everybody:3 everyone:7 everything:11 exam:3 family:4 "
    "father:3 feel:23 feeling:3 fell:5 felt:7 film:4 final:4 fine:9 first:10 five:5 flat:4 for:90 "
    "forty:3 found:3 four:7 friday:6 friend:7 friends:4 from:22 front:4 gave:7 get:13 getting:3 "
    "give:3 go:16 goes:4 going:14 gone:4 good:14 goodbye:12 got:23 great:5 had:17 hair:4 half:4 "
    "hand:4 hang:4 hanging:5 happens:3 happy:5 hard:6 harm:5 has:12 hate:6 have:75 he:47 head:5 "
    "heart:3 help:5 her:32 here:12 him:11 himself:3 his:20 hit:7 home:12 honestly:4 hour:5 "
    "house:8 how:25 hurt:7 husband:7 i:475 ich:12 if:23 in:133 into:10 is:182 ist:3 it:130 je:13 "
    "job:7 jump:7 jumped:4 just:25 keep:7 keeps:3 kids:10 kill:15 killed:7 killing:7 knife:7 "
    "know:14 la:11 lake:3 last:23 late:5 le:6 leave:8 leaving:4 left:13 let:9 letter:3 life:13 "
    "like:30 little:4 live:7 locked:3 lol:13 long:7 look:5 lost:9 lot:3 love:6 lovely:3 lunch:3 "
    "made:7 make:6 makes:6 man:8 matar:3 me:114 mean:3 meeting:5 mi:4 mich:4 minutes:4 miss:4 "
    "mom:14 monday:3 money:5 month:6 more:17 morning:5 mostly:4 mother:5 moved:4 much:8 my:289 "
    "myself:17 nearly:5 need:12 neighbour:4 nervous:4 never:19 new:13 next:7 night:12 nine:3 "
    "no:28 nobody:10 not:111 note:3 nothing:7 notice:4 now:22 nurse:5 o:4 of:85 off:23 office:3 "
    "ok:3 old:12 on:95 once:5 one:23 only:7 or:13 our:15 out:31 over:18 overdose:4 own:8 "
    "parents:5 part:3 party:4 passed:4 people:11 phone:9 pills:4 plan:6 play:3 please:7 put:7 "
    "que:4 question:5 quiet:5 rather:4 read:5 ready:5 really:5 right:7 roof:4 room:5 rope:5 "
    "round:4 run:7 running:3 sad:4 safe:3 said:20 saturday:3 saw:4 say:13 says:13 scared:5 "
    "school:7 se:4 sea:4 second:4 see:10 self:8 she:32 shoot:3 short:4 shot:5 should:6 since:11 "
    "sister:8 six:8 sleep:10 small:3 so:43 someone:4 something:4 son:6 song:5 sorry:5 still:10 "
    "stop:8 stopped:5 story:3 stuck:3 suicidal:4 suicide:12 sunday:5 tablets:6 take:10 talk:7 "
    "teacher:3 team:5 tell:6 ten:9 than:9 that:76 the:384 them:10 then:20 there:17 they:19 "
    "things:4 think:9 thinking:4 this:46 though:3 thought:5 thoughts:5 three:10 threw:3 through:6 "
    "thursday:4 till:4 time:16 tired:7 to:167 today:13 told:7 tomorrow:7 tonight:9 too:9 took:10 "
    "train:5 twice:4 two:20 un:4 under:4 until:4 up:27 us:7 used:4 walk:3 wall:4 want:27 wanted:4 "
    "wants:8 war:4 was:60 water:4 way:4 we:60 wedding:5 week:14 weekend:4 weeks:4 well:7 went:10 "
    "were:6 what:31 when:33 where:6 which:4 who:14 whole:3 why:4 wife:8 will:31 wish:5 with:68 "
    "without:10 work:14 would:40 write:4 wrong:5 wrote:6 y:4 year:8 years:15 yes:3 you:39 your:6 "
)
PER_THOUSAND: dict[str, float] = {
    word: float(count) for word, count in (entry.split(":") for entry in _TABLE.split())
}
RARE = 0.3
