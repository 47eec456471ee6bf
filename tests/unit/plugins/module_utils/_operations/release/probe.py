from __future__ import annotations
import copy, pytest
from .paper import *
from .conftest import *
from .test_interrupted import killed, deploy, closed, BEFORE, failing

def kill(swarm, task, number, acting=True):
    swarm.die_at, swarm.die_acting = len(swarm.calls) + number, acting
    try:
        task(swarm)
    except Killed:
        pass
    swarm.die_at = None
    swarm.clock.sleep(1.0)

def v(n): return lambda s: go(s, shop(n))

def test_two_interruptions_then_failure():
    before = at_rest().plain(); bad = []
    base = at_rest()
    for a in range(6, 44, 4):
        for b in range(6, 50, 4):
            s = copy.deepcopy(base); kill(s, deploy, a); 
            kill(s, v(3), b)
            if any(o.outcome == "completed" for o in s.records()[1:]): continue
            s.dies.add("api:4")
            r = go(s, shop(4))
            if r["release"]["outcome"] != "rolled_back" or s.serving() != BEFORE or not closed(s):
                bad.append((a, b, r["release"]["outcome"], s.serving(), s.outcomes(), r["msg"][-200:]))
    print(*bad[:6], sep="\n"); assert not bad, len(bad)

def test_other_killed_everywhere_then_fails_again():
    base = at_rest(); bad = []
    for a in (12, 24, 30):
        for b in range(1, 75, 2):
            s = copy.deepcopy(base); kill(s, deploy, a); s.dies.add("api:3"); kill(s, v(3), b)
            r = go(s, shop(3))
            if r["release"]["outcome"] != "rolled_back" or s.serving() != BEFORE or not closed(s):
                bad.append((a, b, r["release"]["outcome"], s.serving(), s.outcomes(), r["msg"][-300:]))
    print(*bad[:6], sep="\n"); assert not bad, len(bad)

def test_declare_first_again_after_interruption():
    base = at_rest(); bad = []
    for a in range(1, 50):
        s = copy.deepcopy(base); kill(s, deploy, a)
        r = go(s, shop(1))
        over = s.outcomes()[1:2] == [(2, "completed")]
        want = {**BEFORE, "web": {"web:2"}} if over else BEFORE
        if r["release"]["outcome"] not in ("completed", "unchanged") or s.serving() != want or not closed(s):
            bad.append((a, r["release"]["outcome"], s.serving(), s.outcomes(), r["msg"][-300:]))
    print(*bad[:6], sep="\n"); assert not bad, len(bad)

def test_put_back_failing_killed():
    base = at_rest(2); base.dies.add("db:1"); before = base.plain(); bad = []
    back = lambda s: run(s, to="previous", parallel=1)
    for n, s in killed(lambda: copy.deepcopy(base), back):
        r = back(s)
        if r["release"]["outcome"] != "rolled_back" or s.plain() != before or not closed(s):
            bad.append((n, r["release"]["outcome"], s.images(), s.outcomes(), r["msg"][-300:]))
    print(*bad[:6], sep="\n"); assert not bad, len(bad)

def test_previous_after_interruption():
    base = at_rest(2); bad = []
    for a in range(1, 50):
        s = copy.deepcopy(base); kill(s, v(3), a)
        over = len(s.records()) == 3 and s.records()[-1].outcome == "completed"
        begun = len(s.records()) == 3
        r = run(s, to="previous", parallel=1)
        want = {"db": {"db:2"}, "api": {"api:2"}, "web": {"web:2"}} if begun else BEFORE
        if r["release"]["outcome"] not in ("completed", "unchanged") or s.serving() != want or not closed(s):
            bad.append((a, r["release"]["outcome"], s.serving(), s.outcomes(), r["msg"][-300:]))
    print(*bad[:6], sep="\n"); assert not bad, len(bad)

def test_meddled_while_interrupted():
    # somebody writes db after the kill; rerun failing
    base = failing(); bad = []
    for a in range(8, 60, 3):
        s = copy.deepcopy(base); kill(s, deploy, a); s.write("db", "db:theirs")
        r = deploy(s)
        print(a, r["release"]["outcome"], s.images(), s.outcomes())
    assert 0

def test_other_mode():
    s = PaperSwarm()
    go(s, [entry("a", "a:1"), entry("b", "b:1")]); s.clock.sleep(1000); before = s.plain()
    s.dies.add("b:2")
    r = go(s, [entry("a", "a:2", mode="replicated-job", allow_recreate=True, restart_config={"condition": "none"}), entry("b", "b:2", depends_on=["a"])])
    print(r["msg"], s.images()); 
    assert s.plain() == before

def test_prune_killed():
    def begin():
        s = PaperSwarm(); go(s, [entry("db", "db:1"), entry("cache", "cache:1"), entry("api", "api:1", depends_on=["cache"])]); s.clock.sleep(1000); s.dies.add("api:2"); return s
    before = begin().plain(); bad = []
    task = lambda s: go(s, [entry("db", "db:2"), entry("api", "api:2", depends_on=["db"])], prune=True)
    for n, s in killed(begin, task):
        r = task(s)
        if r["release"]["outcome"] != "rolled_back" or s.plain() != before or not closed(s): bad.append((n, r["msg"], s.images()))
    def begin2():
        s = begin(); s.dies.clear(); return s
    for n, s in killed(begin2, task):
        r = task(s)
        if r["release"]["outcome"] not in ("completed", "unchanged") or s.images() != {"db": "db:2", "api": "api:2"} or not closed(s): bad.append((n, r["msg"], s.images(), s.outcomes()))
    print(*bad[:6], sep="\n"); assert not bad, len(bad)
