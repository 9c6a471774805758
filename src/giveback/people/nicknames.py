"""Given names and what people with them are called: a small table of our own, several languages in one.

Each line is one name with its short forms, folded. A short form may stand on several lines.
"""

from __future__ import annotations

from functools import cache

_LINES = """
abigail abby gail
adelheid heidi adele
albert al bert bertie
alejandro alex ale jano
aleksandr alexander alex sandy sasha sascha xander lex alexandre aleksander
alessandro ale sandro
alexandra alex sandra sasha sascha alexa aleksandra ola
alfred al fred alfie freddy
andreas andy andre andi
andrew andy drew andre
angela angie angelika
anna ann anne annie anya ana anita hannah nan nancy
anthony tony antony toni anton antonio antoine
antonia toni tonia
arthur art artie arturo
barbara barb babs barbie bärbel
bartholomew bart
beatrice bea beatriz trixie
benjamin ben benny benji
bernard bernie bernd bernhard
carolina caro carol lina caroline carolyn carrie
caterina cathy
charles charlie chuck chas charly carlos karl carl
charlotte lotte lotta charlie
christian chris kris
christina chris tina christine chrissie kristina kirsten
christopher chris kit topher christoph kristof
claudia claudi
clifford cliff
concepcion concha conchita
cornelia conny nele
cornelius conny neil
daniel dan danny dani
daniela dani
david dave davy davey
deborah deb debbie debra
dennis denny denis
dmitri dima dmitry mitya
dolores lola lolita
donald don donnie
dorothea doro thea dora dorothy dot dottie
douglas doug dougie
edward ed eddie ned ted teddy eduard eduardo edouard
edwin ed eddie
ekaterina katya katja
eleanor ellie nell nora elena leonor
elizabeth liz lizzie beth betty eliza elisabeth lisa elise elsa elsbeth isabel lisbeth libby bess ela elisa
emily em emmy emilia
enrique quique kike
ernest ernie ernst
eugene gene eugen
evgeny zhenya eugen yevgeny
ewa eva ewunia
fernando nando
florence flo flora
francesca fran franny frances
francis frank fran franco francois
francisco paco pancho curro fran kiko
franziska franzi
franz frank
frederick fred freddy freddie fritz friedrich federico frederic rick
gabriel gabe gabi
gabriele gabi gaby gabriella
gareth gary gaz
geoffrey geoff jeff jeffrey jeffry
george georgie jorge georg jurgen yuri
gerald gerry jerry gerd gerhard
gerard gerry
gertrude trudy gertie
giuseppe beppe peppe pino
gregory greg gregor grzegorz
guillermo memo guille willy
gustav gus gustavo
harold harry hal
heinrich heinz heiner hein
helen helena lena nell ellen elena
helmut helle
henry harry hank hal henri
herbert bert herb
ignacio nacho
irina ira
isabella bella isa izzy isabel isabelle
ivan vanya
jack john jackie
jacob jake jakob jacques
jacqueline jackie
james jim jimmy jamie jem
janet jan
jason jay
jennifer jen jenny jenn
jeremy jerry jem
jessica jess jessie
jesus chuy
joachim jo achim
joan joanie
joanna jo joanne joasia asia
joao jo
johannes hans hannes jan johann
john johnny jack jon juan jean
jonathan jon jonny nathan johnathan
jose pepe chepe
joseph joe joey jo josef pepi sepp
josephine jo josie fina
joshua josh
judith judy jude
julia jule julie
juliane jule
katherine kate katie kathy cathy catherine kathryn kat kitty katharina kathi kaethe karin
catarina caterina katarzyna kasia kate katie cathy
kenneth ken kenny
kimberly kim
konstantin kostya
krzysztof krzys
laurence larry laurie lawrence lorenz lorenzo lars
leonard leo len lenny leonardo
leopold leo poldi
lesley les leslie
lillian lily lil
louis lou louie luis ludwig lutz
louise lou lulu luise luisa
lucas luke luca lukas
lucia lucy luz
luisa lu
madeline maddie magdalena lena maddy magda
malgorzata gosia
manuel manolo manny manu
manuela manu
margaret maggie meg peg peggy margie rita greta marge madge daisy margarete grete margarita marguerite gretchen
maria marie mary mariana mia mimi molly mitzi
maria marusya masha
marjorie marge
martha marty
martin marty
martina tina
matthew matt mat matthias matteo mateo matthieu
maurice moe moritz mauricio
maximilian max maxi
mercedes meche
michael mike mick mickey mikey michel miguel mikhail misha michal micha michi mischa
michelle shelly
mildred millie
natalia nat natasha nata natalie
nathaniel nat nate nathan
nicholas nick nicky nico nikolaus niklas klaus claus nicolas nikolai kolya
nicole nicky nic niki
norbert bert
oliver olli ollie
olivia liv livvy
oswald ossi
pamela pam
patricia pat patty tricia trish paddy patti
patrick pat paddy
paul paulie pablo pavel paolo
paulina pauline
penelope penny
peter pete pedro pierre piotr petr pyotr petya
philip phil pip philipp felipe philippe
pilar pili
rachel rae shelly
rafael rafa rafe
raymond ray raimund
rebecca becky becca reba
reinhard reini
renate nate reni
richard dick rich rick ricky richie ricardo
robert rob bob bobby robbie bert roberto robb
roberta bobbie
roderick rod
roger rodge
roland rollo
ronald ron ronnie
rosario charo
rosemary rose rosie
roxanne roxy
rudolf rudi rolf
rupert ruprecht
russell russ
salvador chava
samantha sam sammy
samuel sam sammy
sarah sally sara sadie
sebastian seb basti bastian bas
sergei seryozha serge sergio
sidney sid
simon sim
solomon sol
sofia sophie sonya zosia sophia
stanley stan
stefanie steffi stephanie steph
stephen steve stevie steven stefan stephan esteban stephane
stewart stu stuart
susan sue susie suzy susanna suzanne susanne sanne sanna
svetlana sveta
sylvester sly
sylvia silvia silke
tatiana tanya tania
terence terry terrence
teresa terry tess tessa theresa resi tere
theodore ted teddy theo theodor
theresa terry tess
thomas tom tommy tomas tomasz thom
timothy tim timmy
tobias toby tobi
ulrich uli ulli
ulrike uli rike ulli
ursula uschi ulla
valentina val
valerie val
vasily vasya
veronica ronnie vera vroni
victor vic vicky viktor
victoria vicky tori vic viktoria
vincent vince vinny vicente vincenzo
virginia ginny ginger
vladimir vova volodya vlad
vyacheslav slava
walter walt wally
wanda wandzia
wilfred wilf fred
wilhelm willi willy
william will bill billy willie liam guillaume willem wim
winifred winnie
wolfgang wolf wolfi
yekaterina katya
yevgenia zhenya
yolanda yoli
yusuf joseph
zachary zach zack
zsuzsanna zsuzsa
"""


@cache
def _lines_of() -> dict[str, frozenset[int]]:
    from giveback.text import fold

    found: dict[str, set[int]] = {}
    for number, line in enumerate(_LINES.strip().splitlines()):
        for word in line.split():
            found.setdefault(fold(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


def groups(given: str) -> frozenset[int]:
    """The lines of the table that a given name stands on.

    Args:
        given: one folded word.
    """
    return _lines_of().get(given, frozenset())


def alike(one: str, other: str) -> bool:
    """Whether two folded given names may be the same person's: "bob" and "robert"."""
    return one == other or bool(groups(one) & groups(other))
