"""What the columns of tables are called: by LinkedIn, Google, Outlook, Thunderbird and people, in several languages.

Names are in the form that `columns.plain` makes: folded words with single spaces.
"""

from __future__ import annotations

# Fields that begin with "adr." are parts of a postal address. After "@" stands the label of the point.
_NAMES = {
    "name": "name|full name|fullname|display name|contact|person|anzeigename|nom complet|nombre completo|nome completo"
    "|volledige naam|formatted name|name display",
    "given": "first name|given name|firstname|vorname|prenom|primer nombre|voornaam|primeiro nome|fornamn|fornavn"
    "|etunimi|imie|krestni jmeno|jmeno|имя|first|given",
    "family": "last name|family name|lastname|surname|nachname|apellidos|apellido|cognome|achternaam|sobrenome"
    "|ultimo nome|efternamn|etternavn|efternavn|sukunimi|nazwisko|prijmeni|фамилия|last|family|nom de famille",
    "additional": "middle name|additional name|weitere vornamen|zweiter vorname|deuxieme prenom|segundo nombre"
    "|secondo nome|middelste naam|tussenvoegsel|segundo nome|mellannamn|drugie imie|отчество",
    "prefix": "name prefix|anrede|titre|titulo|titolo|titel|honorific|prefix",
    "suffix": "suffix|name suffix|suffixe|sufijo|sufixo|achtervoegsel|titolo straniero|namenszusatz",
    "nickname": "nickname|nick|alias|spitzname|surnom|apodo|soprannome|bijnaam",
    "company": "company|organisation|organization|org|employer|firma|unternehmen|societe|entreprise|empresa"
    "|organizacion|societa|azienda|bedrijf|foretag|organization name|organization 1 name"
    "|организация|компания|firm|compania",
    "title": "job title|position|role|title|funktion|fonction|profession|puesto|posizione|functie|cargo|befattning"
    "|organization title|organization 1 title|stanowisko|должность|poste|jobtitle|occupation",
    "town": "town|city|location|place|ort|stadt|ville|ciudad|citta|plaats|cidade",
    "birthday": "birthday|bday|birth date|birthdate|date of birth|born|geburtstag|anniversaire|cumpleanos|compleanno"
    "|verjaardag|aniversario|data de nascimento|fodelsedag|urodziny|день рождения|geburtsdatum",
    "anniversary": "anniversary|jahrestag|anniversaire de mariage ou fete|speciale datum|wedding anniversary",
    "notes": "notes|note|comment|comments|remarks|notizen|notas|anotacoes|notities|anteckningar|notatki|заметки"
    "|bemerkungen|remarques",
    "every": "every|cadence|cadence days|frequency",
    "met_at": "met at|met|where met|event",
    "met_on": "met on|connected on|verknupft am|connecte le|conectado el|collegato il|verbonden op|conectado em",
    "interests": "interests|interest|tags|tag|likes|topics|categories|interessen",
    "avoid": "avoid|avoids|dislikes",
    "circles": "circles|circle|groups|labels|group membership|kategorien|categories outlook|categorias|categorie"
    "|categorieen|kategorier|kategorie|категории",
    "pronouns": "pronouns",
    "uid": "uid",
    "birth.year": "birth year",
    "birth.month": "birth month",
    "birth.day": "birth day",
}

_POINTS = {
    "email": "email|e mail|mail|email address|e mail address|emails|primary email|e mail adresse|email adresse"
    "|adresse de messagerie|adresse e mail|adresse email|courriel|direccion de correo electronico"
    "|direccion del correo electronico|correo electronico|indirizzo posta elettronica|indirizzo e mail|e mailadres"
    "|endereco de email|endereco de correio electronico|e post|e postadress|adres e mail|e mail adresa"
    "|адрес электронной почты|адрес эл почты|эл почта",
    "email@other": "secondary email|additional email|email 2|e mail 2 address|e mail 3 address|e mail 2 adresse"
    "|e mail 3 adresse|adresse de messagerie 2|adresse de messagerie 3",
    "phone": "phone|telephone|tel|phone number|telefon|telefono|telefone|telefoon|numero de telephone|primary phone"
    "|other phone|weiteres telefon|callback|company main phone|radio phone|telefon firma",
    "phone@mobile": "mobile|mobile phone|cell|cell phone|mobile number|cellular number|mobiltelefon|tel mobile"
    "|telephone mobile|mobile telefoon|telefono movil|movil|cellulare|telefone celular|celular|telemovel|handy"
    "|telefon komorkowy|мобильный телефон|телефон переносной|car phone|autotelefon",
    "phone@work": "business phone|work phone|business phone 2|telefon geschaftlich|telefon geschaftlich 2"
    "|telephone bureau|telephone 2 bureau|telefono del trabajo|telefono del trabajo 2|ufficio|ufficio 2"
    "|telefoon op werk|telefoon op werk 2|telefone comercial|telefone comercial 2|telefon arbete|рабочий телефон"
    "|telefon sluzbowy",
    "phone@home": "home phone|home phone 2|telefon privat|telefon privat 2|telephone domicile|telephone 2 domicile"
    "|particular|numero del particular|abitazione|abitazione 2|telefoon thuis|telefoon thuis 2|telefone residencial"
    "|telefon bostad|домашний телефон|telefon domowy",
    "phone@work fax": "business fax|work fax|fax geschaftlich|telecopie bureau|fax del trabajo|fax uff|fax op werk"
    "|fax comercial",
    "phone@home fax": "home fax|fax privat|telecopie domicile|fax particular|fax ab|fax thuis|fax residencial",
    "phone@fax": "fax|fax number|other fax|weiteres fax",
    "phone@pager": "pager|pager number",
    "address": "address|postal address|adresse|other address",
    "address@home": "home address",
    "address@work": "business address|work address",
    "url": "url|website|web|homepage|web page|web page 1|web page 2|personal web page|business homepage|webseite"
    "|page web|pagina web|pagina da web|webpagina|webbsida|веб страница|profile url|profil url",
    "blog": "blog",
    "handle": "handle|screen name|im|chat name",
    "handle@twitter": "twitter",
    "handle@skype": "skype|skype id",
}

_ADDRESS_PARTS = {
    "street": "{0} street|{0} street 2|{0} street 3|{0} address street|strasse {1}|strasse {1} 2|rue {2}|rue {2} 2"
    "|calle {3}|calle {3} 2|via {4}|{5} straat|{5} straat 2|rua do endereco {6}",
    "locality": "{0} city|ort {1}|ville {2}|ciudad {3}|citta {4}|{5} plaats|cidade do endereco {6}",
    "region": "{0} state|{0} county|region {1}|bundesland kanton {1}|dep region {2}|provincia o estado {3}"
    "|provincia {4}|{5} provincie|estado do endereco {6}",
    "code": "{0} postal code|{0} zipcode|{0} zip|postleitzahl {1}|code postal {2}|codigo postal {3}|cap {4}"
    "|{5} postcode|cep do endereco {6}",
    "country": "{0} country region|{0} country|land region {1}|pays region {2}|pais o region {3}|paese {4}"
    "|{5} land regio|pais do endereco {6}",
    "box": "{0} address po box|postfach {1}",
}
_WHERE = {
    "work": ("business", "geschaftlich", "bureau", "del trabajo", "uff", "werkadres", "comercial"),
    "home": ("home", "privat", "domicile", "del domicilio", "ab", "huisadres", "residencial"),
    "other": ("other", "weitere", "autre", "otra", "altro", "ander adres", "outro"),
}
_PLAIN_PARTS = {
    "street": "street|strasse|rue|calle|via|straat|street address",
    "region": "state|region|province|county",
    "code": "zip|zip code|postal code|postcode|plz|code postal|postleitzahl",
    "country": "country|land|pays|pais|paese",
}


def _table() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for said, names in (_NAMES | _POINTS).items():
        field, _, label = said.partition("@")
        found |= dict.fromkeys(names.split("|"), (field, label))
    for label, words in _WHERE.items():
        for part, forms in _ADDRESS_PARTS.items():
            found |= dict.fromkeys(forms.format(*words).split("|"), (f"adr.{part}", label))
    for street in ("home address", "work address"):  # Thunderbird's street, where it has a city beside it
        found[f"{street} 2"] = ("adr.street", street.split()[0])
    for part, names in (("locality", "city"), ("region", "state"), ("code", "zipcode"), ("country", "country")):
        found |= {f"{label} {names}": (f"adr.{part}", label) for label in ("work", "home")}
    for part, names in _PLAIN_PARTS.items():
        found |= {name: (f"adr.{part}", "") for name in names.split("|") if name not in found}
    return found


TABLE = _table()
"""Field and label by the plain name of a column."""

AMBIGUOUS = {
    "nom": ("family", "given"),
    "nombre": ("given", "family"),
    "nome": ("given", "family"),
    "apelido": ("family", "given"),
}
"""Words that are a part of the name where the other part has a column too, and the whole name elsewhere."""

KNOWN_OTHERWISE = frozenset(
    {
        *("middle initial", "file as", "photo", "yomi name", "e mail type", "e mail display name"),
        *("e mail 2 type", "e mail 2 display name", "e mail 3 type", "e mail 3 display name", "priority"),
        *("private", "sensitivity", "internet free busy", "mileage", "billing information", "directory server"),
        *("initials", "gender", "language", "action", "id", "reason"),
    }
)
"""Columns that programs always write and that say nothing here; they are not worth a remark."""
