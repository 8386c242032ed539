"""`manifold bridge`: one stdio server behind /invocations and /ping; the numbers are those of the contract."""

import asyncio
import json
import random
import time
from collections import Counter

import pytest

from harness import processes
from harness.bridges import BOTH, DUPLEX, JSON, Client, answer_to, bridge, command, original_by_name
from harness.limits import PATIENCE, soon
from harness.world import product

SAMPLED = {"role": "assistant", "model": "m", "content": {"type": "text", "text": "once"}}


def shell(upstream: dict) -> str:
    return " ".join(f"'{word}'" for word in command(upstream))


def started(world, upstream: dict, **more) -> dict:
    return {"MCP_SERVER_CMD": shell(upstream), **more}


# Health


async def test_62_ping_is_healthy_before_the_start_and_tells_of_a_child_that_cannot_be_had(world):
    client = await bridge(world, world.raw("kinds"))
    status, body = await client.get("/ping")
    assert status == 200 and body["status"] == "Healthy"
    assert abs(body["time_of_last_update"] - time.time()) < 100
    assert world.witness.count("started") == 0
    broken = await bridge(world, {"stdio": {"command": "/nowhere/at/all", "args": []}})
    assert (await broken.get("/ping"))[1]["status"] == "Healthy"
    refused = await broken.call("echo").done()
    assert refused.status == 500 and "/nowhere/at/all" in json.loads(refused.body)["detail"]
    status, body = await broken.get("/ping")
    assert (status, body["status"]) == (503, "Unhealthy")


async def test_62_the_original_texts_are_said_under_the_original_name(world):
    client = await original_by_name(world, started(world, world.raw("kinds")))
    assert await client.get("/ping") == (200, {"status": "ok"})
    await client.ready()
    assert await client.get("/ping") == (200, {"status": "ok"})
    broken = await original_by_name(world, {"MCP_SERVER_CMD": "/nowhere/at/all"})
    await broken.call("echo").done()
    assert await broken.get("/ping") == (503, {"detail": "MCP subprocess not running"})


async def test_a_call_under_way_makes_it_busy_and_only_a_change_moves_the_time(world):
    client = await bridge(world, world.raw("kinds"))
    await client.ready()
    first = (await client.get("/ping"))[1]
    call = client.call("hold", {"tag": 1}, token=1)
    await call.heard("notifications/progress")
    busy = (await client.get("/ping"))[1]
    assert busy["status"] == "HealthyBusy"
    assert (await client.get("/ping"))[1] == busy
    await client.call("release", {"tag": 1}).done()
    assert (await call.done()).text == "released 1"
    assert (await client.get("/ping"))[1]["status"] == first["status"] == "Healthy"


async def test_other_paths_and_methods_are_refused(world):
    client = await bridge(world, world.raw("kinds"))
    assert await client.get("/elsewhere") == (404, {"detail": "Not Found"})
    assert (await client.get("/invocations"))[0] == 405
    assert (await client.get("/ping", "POST"))[0] == 405


# What cannot be read


@pytest.mark.parametrize("word", ["--help", "-h", "--version"])
async def test_help_and_version_are_printed_by_the_other_name_too(world, word):
    link = world.home / "mcp-agentcore-server"
    link.symlink_to(product())
    code, out, err = await world.execute([str(link), word])
    assert (code, err) == (0, "") and "mcp-agentcore-server" in out
    assert ("MCP_SERVER_CMD" in out) == (word != "--version")


async def test_a_port_that_is_none_is_told_under_the_other_name(world):
    link = world.home / "mcp-agentcore-server"
    link.symlink_to(product())
    code, out, err = await world.execute([str(link)], env={"SERVER_PORT": "http"})
    assert (code, out) == (2, "")
    assert err == (
        "Error: SERVER_HOST and SERVER_PORT must be an address and a port, not '0.0.0.0:http'. "
        "See 'mcp-agentcore-server --help'.\n"
    )


@pytest.mark.parametrize("by_name", [False, True])
async def test_63_empty_bodies_and_bodies_that_are_no_text_have_their_words(world, by_name):
    client = await (
        original_by_name(world, started(world, world.raw("kinds")))
        if by_name
        else bridge(world, world.raw("kinds"))
    )
    for body, detail in [(b"", "Request body is empty"), (b"\xff\xfe{}", "Body must be UTF-8")]:
        refused = await client.post(body).done()
        assert (refused.status, json.loads(refused.body)) == (400, {"detail": detail})


@pytest.mark.parametrize("body", [b"   \n", b"hello", b'{"half":', b"7", b"[]", b'{"jsonrpc":"2.0"}'])
async def test_64_what_is_no_message_is_refused_at_once(world, body):
    client = await bridge(world, world.raw("kinds"))
    refused = await client.post(body).done()
    assert refused.status == 400 and "JSON-RPC" in json.loads(refused.body)["detail"]
    await client.ready()
    assert (await client.call("echo", {"text": "x"}).done()).text == "x"


# Messages


async def test_65_a_notification_is_taken_with_204_and_reaches_the_child(world):
    client = await bridge(world, world.raw("kinds"))
    await client.ready()
    await world.witness.saw("initialized")
    done = await client.notify("notifications/roots/list_changed").done()
    assert (done.status, done.body) == (204, b"")
    await world.witness.saw("received", method="notifications/roots/list_changed")


@pytest.mark.parametrize("id", [0, 7, -1, "x", "0", 9007199254740993])
async def test_66_an_answer_has_the_id_of_its_request(world, id):
    client = await bridge(world, world.raw("kinds"), accept=JSON)
    await client.ready()
    done = await client.call("echo", {"text": "x"}, id=id).done()
    assert (done.status, done.type) == (200, "application/json")
    assert repr(done.answer["id"]) == repr(id) and done.text == "x"


async def test_66_the_bytes_of_arguments_and_results_pass(world):
    client = await bridge(world, world.raw("kinds"))
    await client.ready()
    arguments = rb'{"a":1.0, "a":"\u0041\ud83d","n":123456789012345678901234567890}'
    body = b'{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"same","arguments":%s}}' % arguments
    assert arguments in (await client.post(body).done()).body
    unknown = await client.request("nobody/knows", id=6).done()
    assert unknown.answer["error"] == {"code": -32601, "message": "Method not found: nobody/knows"}


async def test_the_handshake_is_the_childs_own_unless_the_client_asks_for_duplex(world):
    own = {"tools": {"listChanged": True}}
    client = await bridge(world, world.raw("noisy"))
    plain = await client.ready()
    assert plain["serverInfo"]["name"] == "noisy" and plain["capabilities"] == own
    assert (await client.ready(DUPLEX))["capabilities"] == own | DUPLEX


async def test_67_progress_and_logs_come_before_the_result_as_events(world):
    client = await bridge(world, world.raw("kinds"))
    await client.ready()
    call = await client.call("slow", {"steps": 2}, token="t").done()
    assert call.type == "text/event-stream"
    assert call.methods == ["notifications/progress", "notifications/message"] * 2 + [""]
    assert {m["params"]["progressToken"] for m in call.messages if "progress" in m.get("method", "")} == {"t"}
    assert call.text == "done"


async def test_67_who_takes_one_body_gets_the_result_and_the_rest_in_order_when_polling(world):
    client = await bridge(world, world.raw("kinds"), accept=JSON)
    await client.ready()
    call = await client.call("slow", {"steps": 2}, token="t").done()
    assert (call.type, call.text) == ("application/json", "done")
    seen = []
    while (poll := await client.notify("notifications/roots/list_changed").done()).status == 200:
        seen.append(poll.answer["method"].rsplit("/", 1)[1])
    assert seen == ["progress", "message"] * 2 and poll.status == 204


@pytest.mark.parametrize("accept", [JSON, BOTH])
async def test_68_results_of_any_size_pass(world, accept):
    client = await bridge(world, world.raw("kinds"), accept=accept)
    await client.ready()
    for size in [1 << 20, 50 << 20]:
        done = await client.call("huge", {"bytes": size}).done(12 * PATIENCE)
        assert len(done.text) == size and done.text[:16] == "0123456789abcdef"


async def test_69_noise_on_standard_output_is_skipped_and_logged(world):
    client = await bridge(world, world.raw("noisy"))
    await client.ready()
    for number in range(3):
        assert (await client.call("echo", {"text": str(number)}).done()).text == str(number)
    assert b"a line was skipped" in client.listener.errors


# Questions


@pytest.mark.parametrize("accept", [JSON, BOTH])
@pytest.mark.parametrize("tool, method", [("sample", "sampling/createMessage"), ("elicit", "elicitation/create")])
async def test_70_a_question_is_the_answer_and_the_reply_brings_the_result(world, accept, tool, method):
    client = await bridge(world, world.raw("story"), accept=accept)
    await client.ready()
    asked = await client.call(tool, {"tag": "a"}, id=7).done()
    assert asked.answer["method"] == method
    done = await client.post(answer_to(asked.answer, SAMPLED)).done()
    assert done.answer["id"] == 7 and done.text.startswith("a: ")
    assert (await client.call("echo", {"tag": "b"}).done()).text == "b"


async def test_70_a_refusal_travels_like_a_reply(world):
    client = await bridge(world, world.raw("kinds"), accept=JSON)
    await client.ready()
    asked = await client.call("ask", {"method": "sampling/createMessage", "params": {}}).done()
    error = {"code": -1, "message": "User rejected"}
    done = await client.post({"jsonrpc": "2.0", "id": asked.answer["id"], "error": error}).done()
    assert json.loads(done.text)["error"] == error


@pytest.mark.parametrize("accept", [JSON, BOTH])
async def test_70_two_questions_are_out_at_once_and_replied_to_in_any_order(world, accept):
    client = await bridge(world, world.raw("story"), accept=accept)
    await client.ready()
    asked = await asyncio.gather(*(client.call("sample", {"tag": tag}, id=tag).done() for tag in "abc"))
    questions = [exchange.answer for exchange in asked]
    assert len({question["id"] for question in questions}) == 3
    texts = {}
    for question in reversed(questions):
        tag = question["params"]["messages"][0]["content"]["text"]
        done = await client.post(answer_to(question, {"for": tag})).done()
        texts[done.answer["id"]] = done.text
    # Which exchange carried a question does not matter: ids and tags do.
    assert texts == {tag: f'{tag}: {{"for": "{tag}"}}' for tag in "abc"}


async def test_a_client_that_says_so_replies_while_its_stream_is_open(world):
    client = await bridge(world, world.raw("story"))
    await client.ready(DUPLEX)
    call = client.call("sample", {"tag": "a"}, id=7, token=1)
    question = await call.heard("sampling/createMessage")
    assert (await client.post(answer_to(question, SAMPLED)).done()).status == 202
    assert (await call.done()).text.startswith("a: ")
    assert call.methods.count("notifications/progress") == 2


async def test_a_question_that_is_withdrawn_is_said_to_be(world):
    client = await bridge(world, world.raw("kinds"))
    await client.ready(DUPLEX)
    asking = await client.call("ask_and_withdraw").done()
    question = await asking.heard("elicitation/create")
    notice = await (await client.call("withdraw").done()).heard("notifications/cancelled")
    assert notice["params"]["requestId"] == question["id"]
    assert (await client.post(answer_to(question, {"action": "cancel"})).done()).status == 202
    assert world.witness.count("answered") == 0


async def test_71_concurrent_requests_with_the_same_id_get_their_own_answers(world):
    client = await bridge(world, world.raw("kinds"))
    await client.ready()
    held = [client.call("hold", {"tag": tag}, id=1, token=tag) for tag in range(8)]
    for call in held:
        await call.heard("notifications/progress")
    for tag in reversed(range(8)):
        await client.call("release", {"tag": tag}, id=1).done()
        done = await held[tag].done()
        assert (done.answer["id"], done.text) == (1, f"released {tag}")


async def test_71_a_fast_call_does_not_wait_for_a_slow_one(world):
    client = await bridge(world, world.raw("kinds"), accept=JSON)
    await client.ready()
    slow = client.call("hold", {"tag": 1})
    await world.witness.saw("executed", tool="hold")
    for number in range(20):
        assert (await client.call("echo", {"text": str(number)}).done()).text == str(number)
    assert not slow.task.done()
    await client.call("release", {"tag": 1}).done()
    assert (await slow.done()).text == "released 1"


@pytest.mark.parametrize("id", [0, 5, "x", 123456789])
async def test_72_a_reply_that_nobody_waits_for_is_taken_at_once(world, id):
    client = await bridge(world, world.raw("kinds"))
    await client.ready()
    done = await client.post({"jsonrpc": "2.0", "id": id, "result": {}}).done()
    assert (done.status, done.body) == (202, b"")
    assert world.witness.count("answered") == 0


async def test_73_a_request_has_a_deadline_and_ping_tells_that_the_child_is_silent(world):
    client = await bridge(world, world.raw("kinds"), "--timeout", "1s")
    await client.ready()
    late = await client.call("hold", {"tag": 1}).done()
    assert "1 s" in late.text and late.answer["result"]["isError"]
    assert (await client.get("/ping"))[0] == 503
    # The child is told, serves the others, and is sound again once it says anything.
    assert (await world.witness.saw("cancelled"))["known"]
    assert (await client.call("echo", {"text": "x"}).done()).text == "x"
    assert (await client.get("/ping"))[1]["status"] == "Healthy"


async def test_cancelling_reaches_the_child_under_the_id_that_it_knows(world):
    client = await bridge(world, world.raw("kinds"))
    await client.ready()
    call = client.call("hold", {"tag": 1}, id="mine", token=1)
    await call.heard("notifications/progress")
    reason = {"requestId": "mine", "reason": "enough"}
    assert (await client.notify("notifications/cancelled", reason).done()).status == 204
    assert (await world.witness.saw("cancelled"))["arguments"] == {"tag": 1}
    assert (await call.done()).answer["error"]["code"] == -32800
    [told] = world.witness.all("received", method="notifications/cancelled")
    assert told["params"]["reason"] == "enough" and told["params"]["requestId"] != "mine"


async def test_a_request_to_listen_that_the_child_ends_is_not_sent_again(world):
    client = await bridge(world, world.raw("ending"))
    listen = await client.request("subscriptions/listen", {"notifications": {}}).done()
    assert listen.methods == ["notifications/subscriptions/acknowledged", ""]
    assert listen.answer["error"]["message"].endswith("has ended the request.")
    assert world.witness.count("received", method="subscriptions/listen") == 1


async def test_a_client_that_goes_away_gives_up_its_call(world):
    client = await bridge(world, world.raw("kinds"))
    await client.ready()
    call = client.call("hold", {"tag": 1}, token=1)
    await call.heard("notifications/progress")
    call.task.cancel()
    assert (await world.witness.saw("cancelled"))["arguments"] == {"tag": 1}
    assert (await client.get("/ping"))[1]["status"] == "Healthy"


# The child


async def test_74_the_child_gets_everything_and_the_session_of_the_first_request(world):
    client = await bridge(world, world.raw("kinds"), OURS="1")
    await client.ready()
    client.session = "another-" + "1" * 32
    facts = json.loads((await client.call("who").done()).text)["environment"]
    assert facts["MCP_SESSION_ID"] == "session-" + "0" * 32
    assert (facts["PYTHONUNBUFFERED"], facts["PYTHONIOENCODING"], facts["OURS"]) == ("1", "UTF-8", "1")


async def test_74_what_is_set_already_stays(world):
    environment = started(world, world.raw("kinds"), PYTHONUNBUFFERED="0", MCP_SERVER_CWD=str(world.home))
    client = await original_by_name(world, environment)
    client.session = None
    await client.ready()
    facts = json.loads((await client.call("who").done()).text)
    assert facts["environment"]["PYTHONUNBUFFERED"] == "0" and facts["cwd"] == str(world.home)
    assert "MCP_SESSION_ID" not in facts["environment"]


@pytest.mark.parametrize(
    "command, detail",
    [
        (None, "Set MCP_SERVER_CMD to launch the stdio MCP server"),
        ("", "Set MCP_SERVER_CMD to launch the stdio MCP server"),
        ("   ", "MCP_SERVER_CMD did not yield a command"),
        ("/nowhere/at/all", "Unable to launch MCP server: "),
        ("/etc/hostname", "Unable to launch MCP server: "),
        ("python 'x", "MCP_SERVER_CMD cannot be split: No closing quotation"),
    ],
)
async def test_75_a_command_that_is_wrong_is_told_to_each_caller(world, command, detail):
    client = await original_by_name(world, {} if command is None else {"MCP_SERVER_CMD": command})
    for _ in range(2):
        refused = await client.call("echo").done()
        assert refused.status == 500
        said = json.loads(refused.body)["detail"]
        assert said.startswith(detail) and (said == detail or detail.endswith(": "))


async def test_76_a_child_that_dies_is_replaced_and_told_what_it_has_to_know(world):
    client = await bridge(world, world.raw("kinds"))
    await client.ready()
    await client.request("logging/setLevel", {"level": "error"}).done()
    await client.request("resources/subscribe", {"uri": "memo://note"}).done()
    lost = await client.call("die").done()
    assert lost.answer["result"]["_meta"]["manifold/executed"] == "unknown"
    done = await client.call("echo", {"text": "again"}).done()
    assert done.text == "again"
    assert world.witness.count("started") == 2 == world.witness.count("initialize")
    first, second = [fact["params"] for fact in world.witness.all("initialize")]
    assert first == second
    for method in ["logging/setLevel", "resources/subscribe"]:
        assert world.witness.count("received", method=method) == 2
    assert world.witness.count("executed", tool="die") == 1
    assert (await client.get("/ping"))[1]["status"] == "Healthy"


async def test_76_a_question_of_a_child_that_died_is_not_taken_for_a_later_one(world):
    client = await bridge(world, world.raw("story"))
    await client.ready(DUPLEX)
    first = client.call("sample", {"tag": "a"})
    old = await first.heard("sampling/createMessage")
    for pid in world.survivors():
        processes.end(pid) if processes.children(pid) == [] and pid != client.listener.pid else None
    assert (await first.done()).answer["result"]["isError"]
    second = client.call("sample", {"tag": "b"})
    new = await second.heard("sampling/createMessage")
    assert new["id"] != old["id"]
    assert (await client.post(answer_to(old, {"x": "old"})).done()).status == 202
    await client.post(answer_to(new, {"x": "new"})).done()
    assert (await second.done()).text == 'b: {"x": "new"}'


async def test_a_child_that_always_dies_is_reported_and_not_started_for_ever(world):
    client = await bridge(world, {"stdio": {"command": "/bin/false", "args": []}})
    for _ in range(8):
        done = await client.call("echo").done()
        assert done.status in (200, 500)
    assert (await client.get("/ping"))[0] == 503
    assert done.status == 500 and "next try" in json.loads(done.body)["detail"]


@pytest.mark.parametrize("by_name", [False, True])
async def test_77_the_end_is_orderly_and_bounded_with_a_stuck_request(world, by_name):
    client = await (
        original_by_name(world, started(world, world.raw("kinds")))
        if by_name
        else bridge(world, world.raw("kinds"))
    )
    await client.ready()
    call = client.call("hold", {"tag": 1}, token=1)
    await call.heard("notifications/progress")
    began = time.monotonic()
    assert await asyncio.to_thread(client.listener.stop) == 0
    assert time.monotonic() - began < 8
    assert (await call.done()).answer["error"]["message"].startswith("The bridge is stopping")
    await world.gone()


async def test_77_a_child_that_ignores_the_signal_is_killed_after_five_seconds(world):
    client = await original_by_name(world, started(world, world.raw("stubborn", "ignores")))
    await client.ready()
    began = time.monotonic()
    assert await asyncio.to_thread(client.listener.stop, 3 * PATIENCE) == 0
    assert 4.5 < time.monotonic() - began < 15
    await world.gone()


async def test_78_ping_is_not_in_the_log(world):
    client = await bridge(world, world.raw("kinds"))
    await client.ready()
    for _ in range(3):
        await client.get("/ping")
    await asyncio.to_thread(client.listener.stop)
    assert b"/invocations: initialize" in client.listener.errors
    assert b"/ping" not in client.listener.errors


@pytest.mark.parametrize(
    "environment, arguments", [("v1", ["one"]), ("v2", ["two"]), ("fastmcp", ["three", "fastmcp"])]
)
async def test_79_servers_of_the_sdks_work(world, environment, arguments):
    client = await bridge(world, world.sdk(environment, "sdk", *arguments))
    assert (await client.ready())["serverInfo"]["name"]
    tools = (await client.request("tools/list").done()).answer["result"]["tools"]
    assert tools
    assert (await client.request("ping").done()).answer["result"] == {}


# All at once


@pytest.mark.parametrize("duplex", [False, True])
async def test_a_thousand_interleaved_calls_of_four_callers_are_all_answered_right(world, duplex):
    """Progress, logs and sampling; ids, tokens and connections of the callers are all alike."""
    first = await bridge(world, world.raw("story"))
    await first.ready(DUPLEX if duplex else {})
    draw = random.Random(7)

    async def converse(client: Client, number: int, caller: int) -> None:
        tag, kind = f"{caller}/{number}", draw.choice(["sample", "echo", "elicit"])
        exchange = client.call(kind, {"tag": tag}, id=number, token=number)
        waiting, texts = [exchange], {}
        while waiting:
            exchange = waiting.pop()
            if duplex:
                exchange.hearing = asyncio.create_task(reply_while_open(client, exchange))
            await exchange.done(12 * PATIENCE)
            for message in exchange.messages:
                await note(client, message, waiting, texts)
        results[caller].setdefault(number, []).append((kind, tag))

    async def note(client: Client, message: dict, waiting: list, texts: dict) -> None:
        if "method" not in message:
            answers.append((message["id"], message["result"]["content"][0]["text"]))
        elif message["method"] == "notifications/progress":
            progress.append((message["params"]["progressToken"], message["params"]["message"]))
        elif message["method"] == "notifications/message":
            logs.append(tuple(message["params"]["data"].values()))
        elif not duplex:
            waiting.append(client.post(answer_to(message, replied(message))))

    async def reply_while_open(client: Client, exchange) -> None:
        seen = 0
        while not exchange.task.done() or seen < len(exchange.messages):
            for message in exchange.messages[seen:]:
                seen += 1
                if "id" in message and "method" in message:
                    posts.append(client.post(answer_to(message, replied(message))))
            exchange.arrived.clear()
            if not exchange.task.done():
                await exchange.arrived.wait()

    def replied(question: dict) -> dict:
        params = question["params"]
        return {"for": params["message"] if "message" in params else params["messages"][0]["content"]["text"]}

    answers, progress, logs, posts, results = [], [], [], [], [{} for _ in range(4)]
    callers = [Client(first.url) for _ in range(4)]

    async def caller(index: int) -> None:
        for batch in range(10):
            numbers = range(batch * 25, batch * 25 + 25)
            await asyncio.gather(*(converse(callers[index], number, index) for number in numbers))

    await soon(asyncio.gather(*(caller(index) for index in range(4))), "a thousand calls", 30 * PATIENCE)
    for post in posts:
        await post.done()
    kinds = {tag: kind for found in results for calls in found.values() for kind, tag in calls}
    assert len(kinds) == 1000
    expected = {
        (int(tag.split("/")[1]), tag if kind == "echo" else f'{tag}: {{"for": "{tag}"}}')
        for tag, kind in kinds.items()
    }
    assert len(answers) == 1000 and set(answers) == expected
    times = {"echo": 1, "elicit": 1, "sample": 2}
    assert Counter(progress) == {(int(tag.split("/")[1]), tag): times[kind] for tag, kind in kinds.items()}
    told = {(tag, step) for tag, kind in kinds.items() for step in (["echo"] if kind == "echo" else ["begin", "end"])}
    rest = first.notify("notifications/roots/list_changed")
    logs += [tuple(m["params"]["data"].values()) for m in (await rest.done()).messages if m["method"].endswith("/message")]
    assert set(logs) == told and len(logs) == len(told)


async def test_the_command_line_is_checked(world):
    for arguments, words in [([], "needs a command"), (["--listen", "x:y", "--", "cat"], "--listen")]:
        code, out, err = await world.run("bridge", *arguments)
        assert code == 2 and words in err and out == ""
