"""Reading what `--json` prints without fixing more of its shape than a user relies on."""


def rows(value) -> dict[str, dict]:
    """Every object with a `name` anywhere inside, by that name."""
    if isinstance(value, list):
        return {name: row for item in value for name, row in rows(item).items()}
    if not isinstance(value, dict):
        return {}
    found = {name: row for item in value.values() for name, row in rows(item).items()}
    if isinstance(value.get("name"), str):
        found[value["name"]] = value
    return found
