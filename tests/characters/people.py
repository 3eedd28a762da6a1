"""What scripted people say, from the first word to the last."""

from __future__ import annotations

CHATTY = """\
hey! I'm a bit excited, a friend told me about this :)
Well, my name is Margarete but everyone calls me Maggie, and I'm 42. Do you have a name too?
oh right, I'm a woman, she/her
short and a bit round, curly red hair, freckles everywhere, usually in scrubs
I grew up on a farm in Wales with three brothers, then moved to Leeds and became a nurse
My kids, kindness, and being able to laugh at things
My husband Tom and our two kids, Ella (9) and Sam (12). My mum is ill at the moment
sure, go ahead
I'm burned out, to be honest, and I can't sleep
I want to sleep through the night and to not snap at the kids
somewhere in the middle I guess
walking helps. please don't give me breathing exercises lol
7ish
yes, perfect, thank you so much""".splitlines()
CORRECTING = """\
ok
Jon
sorry, it's John with an h
change my name to Johnny
actually my name is Ana
36
no wait, I meant 35
woman
tall
actually I'm short
born in Lyon
family
my sister
yes
anxiety and panic
I'm not anxious, I'm sad
sleep better
gentle
change my pace to direct
drawing
7
no
my age
34
remove the part about my sister
yes""".splitlines()
BACK = """\
hi
Ana
34
go back
35
woman
brown hair
back to my name
Anna
born in Lyon
go back
born in Nice
honesty
my sister
go back
my brother
yes
go back
yes
anxiety
sleep better
gentle
drawing
7
go back
8
yes""".splitlines()
MINOR = """\
hi
Kim
I'm 14
girl
black hair
I live with my dad and go to school
drawing
my dad and my friend Lou
yes
they make fun of me at school
to have one more friend
gentle
drawing
5
yes""".splitlines()
ANXIOUS = """\
um hi. sorry. is anyone going to read this?
can it be a made-up name?
30s
i'm trans, he/him, but not out yet so please don't tell anyone
i don't really like how i look
i'd rather not
being honest i guess. and not hurting people
only my cat
um. i'm scared
what counts as a goal
slow. please
writing things down helps me
2? is that bad""".splitlines()
