# Says in a failed call's first text what the model can do about it.
if .isError == true and (.content | type) == "array" and ([.content[] | select(.type == "text")] | length) > 0
then .content |= map(if .type == "text" then .text |= "The tool failed. Check the arguments, then try once more. It said: " + . else . end)
else . end
