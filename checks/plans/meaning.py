"""What a heading is about: the parts of a plan, known by their names in six languages.

A heading is compared without accents, marks and case, as words. The policy's
`plans.headings` adds names of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from ...core.policy import PlanPart

# For each part: English, German, Dutch, French, Spanish, Portuguese, as regular expressions over
# plain words. A hyphen, an underscore and a slash read as a space. A name ends where
# its last letter stands, unless it ends in "*": "communicat*".
_NAMES: Mapping[PlanPart, tuple[str, ...]] = {
    "identity": (
        "document (control|info*|history)|meta ?data|version history",
        "dokument(info*|historie)|versionshistorie",
        "documentgegevens|versiebeheer",
        "historique( du document)?|identification",
        "control de versiones|historial",
        "historico( do documento)?|controle de versoes|identificacao",
    ),
    "triggers": (
        "(?<!database )(?<!db )triggers|trigger(?= (events?|conditions?|criteria|thresholds?)\\b| \\d|$)|symptoms?|use (cases?|when)|when (to|should|do) .*(roll|use|revert|"
        "execut*|invoke|abort|back ?out)|when to roll ?back|(rollback|abort|kill|exit|"
        "trigger|back ?out|decision) (criteria|conditions?|thresholds?)|thresholds?|"
        "no go criteria|roll ?back if",
        "auslos(er|en|ekriterien)|wann .*(zuruck|rollback)*|(abbruch|ruckfall|rollback|"
        "rucksetz*) ?kriteri*|schwell(en)?wert*",
        "wanneer .*(terug|rollback)*|aanleiding*|(terugdraai|rollback|afbreek) ?criteria"
        "|drempel(waarde*)?",
        "declencheurs?|quand (revenir|annuler|faire|declencher|effectuer)*|criteres? d "
        "?(abandon|e? ?retour|e? ?declenchement|e? ?rollback|arret)*|seuils?",
        "disparador(es)?|desencadenantes?|activador(es)?|cuando (revertir|retroceder|"
        "hacer|activar|ejecutar)*|criterios? de (reversion|rollback|retroceso|aborto)|"
        "umbral(es)?",
        "gatilhos?|quando (reverter|fazer|acionar|usar|executar|iniciar)*|criterios? "
        "(de|para) (reversao|rollback|abort|acionamento)*|limites? de *|sintomas?",
    ),
    "decision": (
        "decisions?( matrix| tree| makers?| authority| owner| process)?|decide[sd]?|"
        "approv*|authority|authori[sz]ed|sign ?off|severity (matrix|levels?)|go no go|escalation "
        "matrix",
        "entscheid*|freigabe*|genehmigung*",
        "beslis*|besluit*|goedkeuring*|akkoord",
        "approbation*|qui decide|matrice*",
        "aprobacion*|autorizacion*|quien decide",
        "decis(ao|oes)|quem decide|aprovac(ao|oes)|aprovador*|autorizac*|"
        "matriz de (decisao|severidade)",
    ),
    "levels": (
        "(rollback )?(levels?|options?|types?|methods?|strateg(y|ies))( \\d)?",
        "stufen?|rollback ?(optionen|strategie*|arten)",
        "niveaus?|rollback ?(opties|strategie*)",
        "niveaux?|options? de retour",
        "niveles?|opciones de (reversion|rollback)",
        "niveis|nivel|opcoes de (reversao|rollback)|estrategias?( de (reversao|rollback))?",
    ),
    "flag": (
        "(feature )?(flags?|toggles?)|kill ?switch|switches|environment variables?",
        "(kill ?)?schalter|umgebungsvariable*",
        "schakelaar*|omgevingsvariabele*",
        "interrupteur|bascule|variables? d environnement",
        "interruptor|bandera*|variables? de entorno",
        "chaves?|bandeiras?|variave(l|is) de ambiente",
    ),
    "preconditions": (
        "pre ?rollback*|pre ?requisites?|pre ?conditions?|pre ?flight*|preparation*|"
        "before (you|we|rolling|rollback|executing|starting|initiating)*|requirements?|"
        "required (access|inputs?|tools?)|access",
        "voraussetzung*|vorbedingung*|vorbereitung*|vor (dem|der) *",
        "voorwaarden?|voorbereiding*|vereisten?|vooraf",
        "pre ?requis|preparation*|avant (de|le|la)*",
        "(pre ?r)?requisitos?|preparacion*|antes de*",
        "(pre ?)?requisitos?|pre ?condic*|preparac*|antes d[eoa]*",
    ),
    "safety-copy": (
        "safety cop(y|ies)|(back ?up|snapshot|save|copy|capture|preserve) .*(current|"
        "present|state|evidence|first)*|current state",
        "sicherung*|ist ?(zu)?stand*",
        "veiligheidskopie*|huidige (toestand|situatie|staat)|reservekopie*",
        "copie de (securite|sauvegarde)|sauvegarde*|etat actuel",
        "copia de seguridad*|estado actual|respaldo*",
        "copia de seguranca|estado atual|salvaguarda*",
    ),
    "code-steps": (
        "(rollback |recovery |emergency )?(steps?|procedures?|process|execution|actions?)"
        "|roll(ing)? ?back|revert(ing)?|code|how to (roll|revert)*|back ?out|git",
        "schritte?|durchfuhrung|vorgehen*|zuruck(rollen|setzen|nehmen)*|notfallverfahren",
        "stap(pen)?|uitvoering|terugdraaien*|procedure*|herstelprocedure",
        "etapes?|procedures?|execution|retour (en )?arriere|annulation",
        "pasos?|procedimientos?|ejecucion|reversion|retroceso",
        "passos?|etapas?|procedimentos?|execucao|reversao|reverter|acoes|como reverter*",
    ),
    "data-steps": (
        "data ?bases?|data|schema|restor(e|es|ing|ation) .*back ?ups?|back ?ups?( and)? "
        "restor*|restoration|migration (rollback|revers*|downgrade)*|db|sql|redis|"
        "postgres*|mysql",
        "daten(bank(en)?)?|schema|wiederherstell*|ruckspiel*",
        "gegevens|data ?base|herstel(len)? .*(back ?up|gegevens)*|terugzetten*",
        "donnees|base de donnees|restauration*|schema",
        "datos|base de datos|restaura*|esquema",
        "dados|bancos? de dados|base de dados|restaur*|esquema",
    ),
    "order": (
        "order( of .*)?|sequence|dependenc(y|ies)",
        "reihenfolge|abhangigkeit*",
        "volgorde|afhankelijkheden",
        "ordre( des .*)?|dependances",
        "orden( de .*)?|secuencia|dependencias",
        "ordem( d.*)?|sequencia|dependencias",
    ),
    "verification": (
        "verif(y|ies|ied|ying|ication|ications)|validat(e|es|ing|ion|ions)|smoke "
        "?tests?|health ?checks?|confirm(ation)?|test(s|ing)?|check(s|list)?|success "
        "criteria",
        "(uber)?pruf*|verifi*|validierung*|kontroll*|nachweis*|test(s|en)?",
        "verificatie*|verifieer|controle*|controleer|validatie*|test(en)?",
        "verifi*|validation*|controles?|tests?",
        "verifica*|valida*|comproba*|pruebas?",
        "verifica*|valida*|conferencia|testes?|checagem|criterios de sucesso",
    ),
    "verification-day": (
        "24 ?h(ours?|rs?)?.*|day after|next day|monitor(ing)?|follow ?ups?|observation|"
        "post (rollback|incident|recovery).*|after (the )?(rollback|recovery)",
        "nach 24|am (nachsten tag|tag danach)|uberwachung|nachbereitung|nach dem *",
        "24 uur|dag erna|volgende dag|bewaking|nazorg|na het *",
        "24 heures|lendemain|surveillance|suivi|apres (le|la)*",
        "24 horas|dia siguiente|monitoreo|supervision|seguimiento|despues de*",
        "24 horas|dia seguinte|monitor(amento|izacao|ar)|acompanhamento|pos (rollback|"
        "reversao|incidente).*|apos [oa]*",
    ),
    "recovery-time": (
        "recovery (time|timeline|objectives?)*|rto|rpo|time to (effect|recover|restore|"
        "roll ?back)|(estimated |expected |rollback )?(time(line)?|durations?|time "
        "windows?)|sla|how long*",
        "wiederherstellungszeit*|(gesamt)?dauer|zeit(plan|bedarf|rahmen)*",
        "hersteltijd*|(totale )?duur|tijd(lijn|pad)*|doorlooptijd*",
        "durees?|delais?|temps de (retour|restauration|reprise|recuperation)|"
        "chronologie",
        "tiempos? (de|estimado)*|duracion|cronograma|plazos?",
        "tempos? (de|estimado|total)*|duracao|prazos?|cronograma",
    ),
    "escalation": (
        "(if )?(the )?rollback fail(s|ed|ure|ures)?|failed rollbacks?|trouble ?shooting|"
        "escalat*|failure (modes?|scenarios?)|what (can|if)*|plan b|contingenc(y|ies)|"
        "if (this|it|that|something) (fails|goes wrong)|known issues|risks",
        "eskal*|fehlschlag*|schlagt fehl|fehlerbehebung|problembehebung|plan b|risiken",
        "escal*|mislukt*|faalt|probleemoplossing|risico s",
        "escalade|echec*|echoue*|depannage|en cas d ?echec|risques",
        "escala*|fall(a|o|os|ida)|solucion de problemas|contingencia*|riesgos",
        "escalonamento*|falh(a|as|ou|ar)|solucao de problemas|contingencia*|riscos?|"
        "se (algo|o rollback)*",
    ),
    "contacts": (
        "contacts?( information| list)?|support|on ?call|who to call|escalation( path|"
        "s)?|responsib*|people",
        "kontakt*|ansprechpartner*|zustandig*|bereitschaft*|erreichbar*|notfallnummer*",
        "contact(en|personen|persoon|gegevens)?|aanspreekpunt*|bereikbaar*|piket*",
        "contacts?|interlocuteurs?|astreinte*|responsables?",
        "contactos?|responsables?|guardia*",
        "contatos?|responsave(l|is)|plantao|suporte|equipe",
    ),
    "communication": (
        "communicat*|notif(y|ies|ication|ications|ying)|announce*|stakeholders?|status "
        "page|inform(ing)?|tell*",
        "kommunikation*|benachrichtig*|informier*|mitteil*|meldung*|unterricht*",
        "communicatie*|melding*|inform*|bericht*",
        "communi*|notifi*|inform*|annonce*|prevenir",
        "comunica*|notifica*|inform*|aviso*|avisar",
        "comunica*|notifica*|inform*|avis(o|os|ar)",
    ),
    "re-enablement": (
        "re ?enabl*|re ?land*|re ?deploy*|re ?releas*|re ?introduc*|re ?attempt*|"
        "re ?appl(y|ying)|re ?roll ?out|retry(ing)?|next attempt|roll(ing)? ?forward|"
        "resum(e|ing|ption)*|try(ing)? again|turn(ing)? .*back on|way forward|"
        "(land|shipp?|deploy|releas|enabl|merg)(e|ing)? .*again",
        "wieder(ein|aktiv|inbetrieb|aufnahme|einfuhr|freigabe)*|erneut*",
        "opnieuw*|her(activ|invoer|start)*|weer (in|aan)*",
        "reactiv*|remise en (service|production|ligne)|redeploie*|nouvelle tentative",
        "reactiv*|re ?habilita*|reintent*|volver a *|re ?despliegue|nuevo intento",
        "reativ*|re ?habilita*|reimplant*|nova tentativa|voltar a *|retomada|"
        "re ?lancamento",
    ),
    "irreversible-points": (
        "irreversib*|points? of no return|can ?not be (undone|reverted|rolled back)|"
        "not reversible|one way|when not to (roll|revert)*",
        "unumkehrbar*|irreversib*|nicht umkehrbar*|kein zuruck",
        "onomkeerba*|niet terug te draaien",
        "irreversib*|points? de non retour",
        "irreversib*|punto de no retorno",
        "irreversi*|pontos? sem (retorno|volta)|ponto de nao retorno",
    ),
    "rehearsal": (
        "rehears*|drills?|dry runs?|game ?days?|last tested|test(ing)? (of )?(the )?"
        "(rollback|restore)*|practi[cs]e[ds]?",
        "(general)?probe*|geprobt|ubung*|zuletzt (getestet|geprobt)",
        "oefening*|geoefend|laatst (getest|geoefend)",
        "repetition*|exercices?|dernier (test|essai)",
        "ensayos?|simulacros?|ultima prueba",
        "ensaios?|simula(do|dos|cao|coes)|ultimo teste|exercicios?",
    ),
}


# Nobody reads a paragraph or a line as long as this at night, and no rule shall take
# long over one that was made to keep it busy.
LONG = 2_000


@lru_cache(maxsize=4096)
def words(text: str) -> str:
    """`text` as plain words: no accents, no marks, no case, one space between them.

    Of a text longer than `LONG` characters, the beginning.
    """
    bare = unicodedata.normalize("NFKD", text[:LONG].casefold())
    kept = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", kept.replace("_", " ")))


class Vocabulary:
    """The names of the parts; `parts` tells what a heading is about."""

    def __init__(self, more: tuple[tuple[PlanPart, tuple[str, ...]], ...] = ()) -> None:
        """`more` are further names of parts, as people write them."""
        added = dict(more)
        self._patterns: list[tuple[PlanPart, re.Pattern[str]]] = [
            (part, _pattern(names, added.get(part, ())))
            for part, names in _NAMES.items()
        ]

    def parts(self, title: str) -> frozenset[PlanPart]:
        """The parts that a heading of that title is about; none for "Overview"."""
        # A heading as long as a page is no heading, and nobody shall wait for it.
        plain = words(title[:200])
        return frozenset(
            part for part, pattern in self._patterns if pattern.search(plain)
        )


@lru_cache(maxsize=8)
def vocabulary(
    more: tuple[tuple[PlanPart, tuple[str, ...]], ...] = (),
) -> Vocabulary:
    """The vocabulary with the names `more`, made once."""
    return Vocabulary(more)


def _pattern(names: tuple[str, ...], more: tuple[str, ...]) -> re.Pattern[str]:
    own = [re.escape(words(name)) for name in more if words(name)]
    # A name's own "*" stands for the rest of a word; what is written ".*" stays so.
    known = [re.sub(r"(?<!\.)\*", r"\\w*", name) for name in names]
    return re.compile(rf"\b(?:{'|'.join([*known, *own])})\b")
