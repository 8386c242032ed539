# Cuts the description of an item to its first paragraph and 200 characters.
if (.description | type) == "string"
then .description |= (split("\n\n")[0] // "" | if length > 200 then .[:199] + "…" else . end)
else . end
