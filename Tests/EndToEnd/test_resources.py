"""Resources: an address is the upstream's own while it is unique, and leads back when it is not."""


async def clash(world):
    """Two upstreams that publish the very same addresses."""
    client = await world.client(
        {"left": world.raw("kinds", '{"name":"left"}'), "right": world.raw("kinds", '{"name":"right"}')}
    )
    return client, await client.names("resources", "uri")


async def test_a_unique_address_is_untouched(world):
    client = await world.client(
        {"left": world.raw("kinds"), "right": world.raw("kinds", '{"name":"right","uri":"other:"}')}
    )
    assert await client.names("resources", "uri") == [
        "memo://note",
        "memo://blob",
        "other:note",
        "other:blob",
    ]
    result = await client.request("resources/read", {"uri": "other:note"})
    assert result["contents"] == [{"uri": "other:note", "mimeType": "text/plain", "text": "note of right"}]


async def test_clashing_addresses_are_both_reachable(world):
    client, uris = await clash(world)
    assert len(uris) == len(set(uris)) == 4
    texts = []
    for uri in uris:
        contents = (await client.request("resources/read", {"uri": uri}))["contents"]
        assert [c["uri"] for c in contents] == [uri]
        texts.append(contents[0].get("text"))
    assert texts == ["note of left", None, "note of right", None]


async def test_a_wrapped_address_is_wrapped_wherever_it_appears(world):
    client, uris = await clash(world)
    for side, note in (("left", uris[0]), ("right", uris[2])):
        link, embedded = (await client.call(f"{side}__links"))["content"]
        assert link["uri"] == embedded["resource"]["uri"] == note


async def test_a_template_leads_to_its_upstream(world):
    client = await world.client({"few": world.raw("few"), "kinds": world.raw("kinds")})
    await client.names("templates", "uriTemplate")
    result = await client.request("resources/read", {"uri": "memo://by-name/Ada%20L"})
    assert result["contents"] == [{"uri": "memo://by-name/Ada%20L", "text": "Ada%20L"}]


async def test_clashing_templates_are_both_reachable(world):
    client, _ = await clash(world)
    templates = await client.names("templates", "uriTemplate")
    assert len(set(templates)) == 2 and all("{name}" in template for template in templates)
    for template in templates:
        uri = template.replace("{name}", "Ada")
        contents = (await client.request("resources/read", {"uri": uri}))["contents"]
        assert contents == [{"uri": uri, "text": "Ada"}]


async def test_a_missing_resource_keeps_the_upstreams_words(world):
    client = await world.client({"kinds": world.raw("kinds")})
    await client.names("templates", "uriTemplate")
    error = await client.refusal("resources/read", {"uri": "memo://nothing"})
    assert error["code"] == -32002


async def test_a_subscription_is_made_once_and_ended_once(world):
    client = await world.client({"kinds": world.raw("kinds")})
    await client.names("resources", "uri")
    for _ in range(3):
        assert await client.request("resources/subscribe", {"uri": "memo://note"}) == {}
    assert (await world.witness.saw("received", method="resources/subscribe"))["params"][
        "uri"
    ] == "memo://note"
    assert await client.request("resources/unsubscribe", {"uri": "memo://note"}) == {}
    await world.witness.saw("received", method="resources/unsubscribe")
    assert world.witness.count("received", method="resources/subscribe") == 1


async def test_updates_come_only_for_what_is_subscribed(world):
    client, uris = await clash(world)
    await client.request("resources/subscribe", {"uri": uris[2]})
    for side in ("left", "right"):
        await client.call(
            f"{side}__notify", {"method": "notifications/resources/updated", "params": {"uri": "memo://note"}}
        )
    assert (await client.notification("notifications/resources/updated"))["uri"] == uris[2]
    await client.request("resources/unsubscribe", {"uri": uris[2]})
    await client.call(
        "right__notify", {"method": "notifications/resources/updated", "params": {"uri": "memo://note"}}
    )
    assert client.unheard(lambda m: m.get("method") == "notifications/resources/updated") == []


async def test_an_update_below_a_subscribed_address_arrives(world):
    client = await world.client({"kinds": world.raw("kinds")})
    await client.names("resources", "uri")
    await client.request("resources/subscribe", {"uri": "memo://note"})
    await client.call(
        "kinds__notify",
        {"method": "notifications/resources/updated", "params": {"uri": "memo://note/part/1"}},
    )
    assert (await client.notification("notifications/resources/updated"))["uri"] == "memo://note/part/1"


async def test_a_subscription_survives_the_upstreams_restart(world):
    client = await world.client({"kinds": world.raw("kinds")})
    await client.names("resources", "uri")
    await client.request("resources/subscribe", {"uri": "memo://note"})
    await client.call("kinds__die")
    assert await client.text("kinds__echo", {"text": "back"}) == "back"
    again = await world.witness.saw("received", times=2, method="resources/subscribe")
    assert again["params"]["uri"] == "memo://note"
    assert (await client.notification("notifications/resources/updated"))["uri"] == "memo://note"
