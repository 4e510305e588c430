"""Which form-js component types exist here, and what each may do (form-js 1.23, schemaVersion 19)."""

SCHEMA_VERSION = 19

TEXTS = frozenset({"textfield", "textarea"})
ONE_OF = frozenset({"radio", "select"})
SOME_OF = frozenset({"checklist", "taglist"})
CHOICES = ONE_OF | SOME_OF
#: hold files that a person hands in
FILES = "filepicker"
#: hold one answer that a person types or picks
INPUTS = TEXTS | CHOICES | {"number", "datetime", "checkbox", FILES}
#: hold other components
CONTAINERS = frozenset({"group", "dynamiclist"})
#: hold an answer, typed or computed
ANSWERS = INPUTS | {"expression"}
#: show something and hold no answer
DISPLAY = frozenset({"text", "separator", "spacer", "button"})
ALL = ANSWERS | CONTAINERS | DISPLAY

#: types whose answer is a closed choice or a plain measure, never free text: only these may route
MAY_ROUTE = ONE_OF | {"checkbox", "number", "datetime"}
DATE_KINDS = frozenset({"date", "time", "datetime"})

#: what a property `guard` may keep out of a text
GUARDS = ("names", "diagnosis")
CLASSES = ("public", "employer", "restricted", "clinical")
#: what a property `contact` may say: somebody outside of Waymark, and what of them
CONTACTS = tuple(f"treating_physician.{part}" for part in ("name", "address"))
#: names of option lists that the case fills (`valuesKey`)
OPTION_LISTS = frozenset(
    {"employees", "managers", "practitioners", "hr_people", "specialists", "committee", "union_people"}
)

#: Names that a component's `properties` may use, with what they say.
PROPERTIES = {
    "class": "who may see the answer: public, employer, restricted or clinical",
    "purpose": "why it is asked, in a few words",
    "routes": 'with "true": the answer is a routing fact of the case',
    "rules": "rule ids, separated by spaces",
    "party": "role that the chosen person takes in the case",
    "from": "form-id.path of an earlier answer to begin with",
    "afterFact": "the employer side sees the answer only once this fact is set",
    "draftUntil": "the provider's team sees the answer only once this fact is set: it has been shown to the employee",
    "underConsent": "scope of a consent: without it only the employee and the practitioner see the answer",
    "sharedBy": "on a list: key of the radio in each row that shares the row with the employer",
    "consent": "what the employee agrees to or refuses here; goes into the ledger of consents",
    "recipient": "beside `consent` or `sharedBy`: to whom what is agreed to goes, in words for the employee",
    "consentMeans": 'beside `consent`: which answers mean what, such as "agree=given withhold=refused"',
    "refuse": "FEEL over answers and facts: when it is true, the form is refused at this field",
    "refuseText": "beside `refuse`: the sentence that whoever fills in the form reads then",
    "flag": "on a text that asks for a reason: ids of the soft rules that are gone past when it is answered",
    "guard": "on a text: what it may not hold, `names`, `diagnosis` or both",
    "contact": "on a text: `treating_physician.name` or `treating_physician.address` of somebody the case has to reach",
    "error": "the message when the answer is missing",
    "minRows": "on a list: the least number of rows",
    "minFiles": "on a file picker: the least number of files",
    "maxFiles": "on a file picker: the largest number of files",
}
