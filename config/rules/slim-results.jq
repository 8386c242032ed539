# Leaves what says nothing out of the data of a result: null, empty texts, lists and objects.
def says_nothing: . == null or . == "" or . == [] or . == {};
def slim:
  if type == "object" then with_entries(.value |= slim | select(.value | says_nothing | not))
  elif type == "array" then map(slim)
  else . end;
data(slim)
