"""The fixed words of an explanation, in English and Spanish."""

from __future__ import annotations

from collections.abc import Mapping

Terms = Mapping[str, Mapping[str, str]]

SAY: Terms = {
    "lead": {
        "en": "A finding is a reason for a person to look. It is not proof, and nobody is named here.",
        "es": "Un hallazgo es un motivo para que una persona revise. No es prueba, y aquí no se nombra a nadie.",
    },
    "stands": {"en": "Stands as", "es": "Situación"},
    "open": {"en": "open", "es": "abierto"},
    "suppressed": {"en": "set apart", "es": "apartado"},
    "withdrawn": {"en": "withdrawn", "es": "retirado"},
    "until": {"en": "until", "es": "hasta"},
    "no-concern": {"en": "no concern", "es": "sin preocupación"},
    "explained": {"en": "explained", "es": "explicado"},
    "case-opened": {"en": "case opened", "es": "caso abierto"},
    "corrected": {"en": "corrected", "es": "corregido"},
    "clause": {"en": "The clause", "es": "La cláusula"},
    "question": {"en": "The question that was judged", "es": "La pregunta que se juzgó"},
    "policy": {"en": "The policy, condition by condition", "es": "La política, condición por condición"},
    "guards": {"en": "Guards considered", "es": "Resguardos considerados"},
    "lists": {"en": "What the lists say of the host", "es": "Lo que las listas dicen del servidor"},
    "rows": {"en": "The county's facts at that time", "es": "Los datos del condado en ese momento"},
    "lawful": {"en": "What would have made it lawful", "es": "Lo que lo habría hecho lícito"},
    "judged": {"en": "When it was judged, and by what", "es": "Cuándo se juzgó y con qué"},
    "line": {"en": "The line in the log", "es": "La línea del registro"},
    "reading": {"en": "Our reading", "es": "Nuestra lectura"},
    "cannot": {"en": "What software cannot see", "es": "Lo que el programa no ve"},
    "no text": {
        "en": "The county's own words are not loaded; clausewise pack text FILE",
        "es": "Las palabras del condado no están cargadas; clausewise pack text ARCHIVO",
    },
    "no norm": {
        "en": "This pack has no such norm any more.",
        "es": "Este paquete ya no tiene esa norma.",
    },
    "other law": {
        "en": "It was judged by another pack ({}); load that one to read its question, policy and guards.",
        "es": "Se juzgó con otro paquete ({}); cargue ese para leer la pregunta, la política y los resguardos.",
    },
    "other facts": {
        "en": "The facts that judged it are no longer kept; sources and rows are read from today's facts.",
        "es": "Los datos con que se juzgó ya no se guardan; fuentes y filas se leen de los datos de hoy.",
    },
    "other lists": {
        "en": "The lists have been built again since; this is what they say today.",
        "es": "Las listas se han vuelto a compilar; esto es lo que dicen hoy.",
    },
    "marks": {
        "en": "Beside each line: whether the condition on it was met. > marks the one that settled it.",
        "es": "Junto a cada línea: si se cumplió su condición. > marca la que lo decidió.",
    },
    "no places": {
        "en": "The conditions in the order of the text:",
        "es": "Las condiciones en el orden del texto:",
    },
    "true": {"en": "true", "es": "cierto"},
    "false": {"en": "false", "es": "falso"},
    "error": {"en": "error", "es": "error"},
    "plain side": {"en": "The rule", "es": "La regla"},
    "unknown side": {"en": "The rule for when nobody knows", "es": "La regla para cuando nadie sabe"},
    "holds": {"en": "it applies", "es": "se aplica"},
    "does not hold": {"en": "it does not apply", "es": "no se aplica"},
    "errs": {"en": "it could not be evaluated", "es": "no se pudo evaluar"},
    "out of scope": {
        "en": "it speaks of other acts, people or things",
        "es": "habla de otros actos, personas o cosas",
    },
    "floor": {"en": "forbids by statute", "es": "prohíbe por ley"},
    "shield": {"en": "would excuse this norm", "es": "excusaría esta norma"},
    "service": {"en": "Online service", "es": "Servicio en línea"},
    "no date": {"en": "no date", "es": "sin fecha"},
    "row none": {"en": "no row held at that time", "es": "ninguna fila valía en ese momento"},
    "row held": {
        "en": "a row held; what it says would tell who is meant",
        "es": "una fila valía; lo que dice revelaría de quién se trata",
    },
    "row hidden": {
        "en": "not looked up; whom or what it is about is not in the finding",
        "es": "no consultada; de quién o de qué se trata no está en el hallazgo",
    },
    "masked": {
        "en": "People are shown as pseudonyms; a thing that names a person stays hidden.",
        "es": "Las personas aparecen con seudónimos; una cosa que nombra a alguien sigue oculta.",
    },
    "unless": {"en": "An exception in the policy:", "es": "Una excepción de la política:"},
    "permission": {
        "en": "A written permission given beforehand, by",
        "es": "Un permiso por escrito y previo, de",
    },
    "no permission": {
        "en": "No permission can excuse this norm.",
        "es": "Ningún permiso puede excusar esta norma.",
    },
    "offset": {"en": "byte", "es": "byte"},
    "reveal": {
        "en": "Who is meant, and the line itself, are shown only through clausewise reveal: with a purpose and"
        " a reason, and the look is recorded.",
        "es": "De quién se trata, y la línea misma, se muestran solo con clausewise reveal: con un fin y un"
        " motivo, y la consulta queda anotada.",
    },
    "no line": {
        "en": "No line is kept: the finding is an aggregate, or stands for a count over time.",
        "es": "No se guarda línea: el hallazgo es un agregado o un conteo en el tiempo.",
    },
    "not written down": {"en": "time not written down", "es": "hora no anotada"},
    "nobody": {"en": "nobody named", "es": "sin nombrar a nadie"},
    "county": {"en": "the county", "es": "el condado"},
    "device": {"en": "a device", "es": "un dispositivo"},
    "exact": {"en": "exact", "es": "exacto"},
    "indicative": {"en": "indicative, a person must look", "es": "indicativo; una persona debe revisar"},
    "yes": {"en": "yes", "es": "sí"},
    "no": {"en": "no", "es": "no"},
    "none": {"en": "none", "es": "ninguno"},
}

STATUS: Terms = {
    "violated": {
        "en": "seen, and no ground for it found",
        "es": "visto, sin que se hallara un motivo válido",
    },
    "advice": {"en": "advice", "es": "consejo"},
    "review": {"en": "a count for people to look at", "es": "un conteo para que alguien revise"},
    "self-reported": {"en": "self-reported", "es": "informado por la propia persona"},
    "withdrawn": {"en": "withdrawn", "es": "retirado"},
}

SOURCES: Terms = {
    "event": {"en": "from the log line: {}", "es": "de la línea del registro: {}"},
    "fact": {"en": "from the county's facts: {}", "es": "de los datos del condado: {}"},
    "label": {"en": "from the lists: {}", "es": "de las listas: {}"},
    "derive": {"en": "worked out from the county's facts: {}", "es": "deducido de los datos del condado: {}"},
    "said": {"en": "said by the one who asked", "es": "dicho por quien preguntó"},
    "default": {
        "en": "nothing said so; this is what stands then",
        "es": "nadie lo dijo; esto es lo que vale entonces",
    },
    "unseen": {
        "en": "known when it was judged; hidden here, or changed since",
        "es": "conocido al juzgarse; aquí oculto, o cambiado desde entonces",
    },
}

WHY: Terms = {
    "applies": {"en": "applied", "es": "se aplicó"},
    "other": {
        "en": "did not apply; it speaks of other acts, people or things",
        "es": "no se aplicó; habla de otros actos, personas o cosas",
    },
    "not in force": {"en": "not in force then", "es": "no vigente entonces"},
    "condition": {"en": "did not apply, because this was not met", "es": "no se aplicó: no se cumplió esto"},
    "error": {"en": "could not be evaluated", "es": "no se pudo evaluar"},
}

VERDICTS: Terms = {
    "satisfied": {"en": "met", "es": "se cumple"},
    "indeterminate": {"en": "unknown", "es": "desconocido"},
    "not_applicable": {"en": "does not apply", "es": "no corresponde"},
    "people": {"en": "a person decides", "es": "decide una persona"},
    "set aside": {"en": "set aside by a shield", "es": "apartada por un resguardo"},
}

ANSWERS: Terms = {
    "allow": {"en": "the whole regulation would allow it", "es": "todo el reglamento lo permitiría"},
    "deny": {"en": "another norm would still forbid it", "es": "otra norma aún lo prohibiría"},
    "needs_permission": {"en": "it would still need a permission", "es": "aún necesitaría un permiso"},
    "needs_person": {"en": "a person would have to look", "es": "una persona tendría que revisar"},
    "not_governed": {"en": "not governed", "es": "no regido"},
}
