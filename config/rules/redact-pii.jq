# Takes e-mail addresses, IBANs and card numbers out of every text of its document.
walk(
  if type == "string" then
    gsub("[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}"; "[email]")
    | gsub("\\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\\b"; "[iban]")
    | gsub("\\b(?:[0-9][ -]?){12,18}[0-9]\\b"; "[card]")
  else . end
)
