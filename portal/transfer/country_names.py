"""How people write countries, US states and Canadian provinces in the location of a job or a résumé.

Facts only: names in small letters to codes of ISO 3166-1 and 3166-2. Other countries are found by code.
"""

_COUNTRIES = """
AE united arab emirates|uae; AL albania; AM armenia; AO angola; AR argentina; AT austria|österreich; AU australia
AZ azerbaijan; BA bosnia and herzegovina|bosnia; BB barbados; BD bangladesh; BE belgium; BG bulgaria; BH bahrain
BJ benin; BO bolivia; BR brazil|brasil; BS bahamas; BW botswana; BY belarus; BZ belize; CA canada; CD dr congo
CH switzerland|schweiz|suisse; CI ivory coast|côte d'ivoire; CL chile; CM cameroon; CN china|prc|mainland china
CO colombia; CR costa rica; CU cuba; CY cyprus; CZ czech republic|czechia; DE germany|deutschland; DK denmark
DO dominican republic; DZ algeria; EC ecuador; EE estonia; EG egypt; ES spain|españa; ET ethiopia; FI finland
FR france; GB united kingdom|uk|u.k.|great britain|england|scotland|wales|northern ireland
GH ghana; GR greece; GT guatemala; HK hong kong|hong kong sar; HN honduras; HR croatia; HU hungary; ID indonesia
IE ireland|republic of ireland; IL israel; IN india; IQ iraq; IR iran; IS iceland; IT italy|italia; JM jamaica
JO jordan; JP japan; KE kenya; KH cambodia; KR south korea|korea|republic of korea; KW kuwait; KZ kazakhstan
LB lebanon; LK sri lanka; LT lithuania; LU luxembourg; LV latvia; MA morocco; MD moldova; ME montenegro
MK north macedonia; MM myanmar; MN mongolia; MO macau; MT malta; MU mauritius; MX mexico|méxico; MY malaysia
MZ mozambique; NA namibia; NG nigeria; NI nicaragua; NL netherlands|the netherlands|holland; NO norway; NP nepal
NZ new zealand; OM oman; PA panama; PE peru|perú; PH philippines|the philippines; PK pakistan; PL poland|polska
PR puerto rico; PT portugal; PY paraguay; QA qatar; RO romania; RS serbia; RU russia|russian federation; RW rwanda
SA saudi arabia|ksa; SE sweden|sverige; SG singapore; SI slovenia; SK slovakia; SN senegal; SV el salvador
TH thailand; TN tunisia; TR turkey|türkiye; TT trinidad and tobago; TW taiwan; TZ tanzania; UA ukraine; UG uganda
US united states|united states of america|usa|u.s.|u.s.a.|us of a|america; UY uruguay; UZ uzbekistan; VE venezuela
VN vietnam|viet nam; ZA south africa; ZM zambia; ZW zimbabwe
"""

_US_STATES = """
AL alabama; AK alaska; AZ arizona; AR arkansas; CA california; CO colorado; CT connecticut; DE delaware
DC district of columbia|washington dc|washington d.c.|d.c.; FL florida; HI hawaii; ID idaho; IL illinois
IN indiana; IA iowa; KS kansas; KY kentucky; LA louisiana; ME maine; MD maryland; MA massachusetts; MI michigan
MN minnesota; MS mississippi; MO missouri; MT montana; NE nebraska; NV nevada; NH new hampshire; NJ new jersey
NM new mexico; NY new york; NC north carolina; ND north dakota; OH ohio; OK oklahoma; OR oregon; PA pennsylvania
RI rhode island; SC south carolina; SD south dakota; TN tennessee; TX texas; UT utah; VT vermont; VA virginia
WA washington; WV west virginia; WI wisconsin; WY wyoming
"""

_CANADIAN_PROVINCES = """
AB alberta; BC british columbia; MB manitoba; NB new brunswick; NL newfoundland and labrador; NS nova scotia
NT northwest territories; NU nunavut; ON ontario; PE prince edward island; QC quebec|québec; SK saskatchewan; YT yukon
"""


def _by_name(listed: str) -> dict[str, str]:
    entries = [entry.strip() for line in listed.strip().splitlines() for entry in line.split(";")]
    coded = [entry.split(" ", 1) for entry in entries if entry]
    return {name: code for code, names in coded for name in names.split("|")}


COUNTRY_BY_NAME = _by_name(_COUNTRIES)
US_STATE_BY_NAME = _by_name(_US_STATES)
PROVINCE_BY_NAME = _by_name(_CANADIAN_PROVINCES)
# Georgia by name is a state or a country: neither is certain, so only its code is known.
US_STATES = frozenset((*US_STATE_BY_NAME.values(), "GA"))
PROVINCES = frozenset(PROVINCE_BY_NAME.values())
