"""English names that are ordinary words, too, by how much a capital letter tells."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


TITLES = _set("dame dr lady lord miss mr mrs ms mx nurse prof professor rev reverend sir sister")

#: parts of names that tell nothing by themselves
LITTLE = _set(
    """
    abu al ap ben bin da de den der di do dos du el ibn ii iii iv jnr jr la le mac mc of snr sr st the van von
    """
)

#: with a capital they are hardly ever anything but a name, even where a sentence begins
NAMELIKE = _set(
    """
    amber basil bertha blossom carol charity cherry clarity clementine constance coral crystal daisy dawn eve
    faith felicity fern flora ginger grace harry hazel heather holly iris ivory ivy jack jade jasmine jay jewel
    joy kitty lavender lily marina martin myrtle nick olive opal pansy patience pearl penny pepper poppy prudence
    robin rose rosemary ruby saffron sage sandy scarlet sienna violet willow winnie
    """
)

#: a capital may stand there for other reasons: months, seasons, offices, buildings
NEVER_ALONE = _set(
    """
    abbot angel april art august austin autumn bath bishop brooklyn chad chancellor chelsea chester christian
    dallas dean derby dominic duke earl england florence france friday georgia grant holland houston ireland
    israel jordan judge july june kent kimberley king knight lancaster lincoln london major marshal may monday
    norman paris pope prince princess queen scotland sheriff sky spring star summer sunday sydney wales wells
    winter york
    """
)

#: other words that are names as well
ORDINARY = _set(
    """
    abbey adder an and arch archer as ash ashes at aunt bacon bailey bain baker ball bank banks bar barber barker
    barley barn baron barrow bass batt bay be beach bean bear beard beer bell bench berry best bill birch bird
    bishops black blade blaze block bloom blue board bob bolt bond bone bones bonny book booker booth bow bowl
    bowler bowman box boy brace branch brand bray bread bridge bridges bright broad brook brooke brooks brown
    browning buck bud buddy bull bullock burden burn burns burr burrow busby bush but butcher butler butter button
    buttons by cable cage cain cake callow camp can cane canning cannon cant car card carder care carpenter carr
    carriage cart carter case cash castle chain chamber chambers champion chance chandler chapel chaplain chapman
    charge chase cheese child childs chip chuck church city clamp clark clay clean clear clerk cliff climb cloak
    clock close cloud clue coach coal coates cock coffee coffin coin cold cole coles collar college collier colt
    comb combs comer coming cook cooke cooks cooper cope copper corder cork corn corner cotton couch counter court
    cousins cover coward cox crab craft crane creed crisp critic crook cross crow crowder crowe crown crump cup
    cure curry curt curtain cutter cutting dad dale dance dark darling dash date day days deal dear death deed
    deeds deer dell dent destiny diamond dick din dirk dix do dodge doe dolphin don door dot dove down downer
    downs drain drake draper drew driver drum dry duck dunk dust dusty dyer dyke eagle early earnest east easter
    eaves edge elder elm english ernest ever eye eyes fair fall falls fan farmer farrow fast fell fellows fenn
    ferry few field fields file finch fine fish fisher fitter flag flask fletcher flint flip flood flower flowers
    fold foot for force ford forest forester fort forth foster found fountain fowl fowler fox frame frank freed
    freeman french fresh friend friends frost fry fuller furlong gain gale game garden gardener gardner garland
    garner gate gates gay gene gentle gentry gift glass glen glover go goals gold golden good goode goodman gore
    gosling gown gran grand grave gravel graves gray green greene greening grey groom ground grove growing guest
    guide gunn gunner gutter guy had hale hall ham hammer hand hands hanger hank harding hardy hare harmony
    harness harp hart harvest has hatch hatcher hawk hawkes hay haze he head heap heard heart heath heel held helm
    hemp her herb herd herring hi hide high hill hills him his hitch ho hogg hold holder hole hollow holm home
    honor honour hood hook hooker hooks hooper hope horn horner horse house howe huff hull hunt hunter hurst ice
    in inch inks inn irons is it jewell joiner jolly josh judd just kay keen keep key keys kidd kin kit kitchen
    kite knot lacey lack lake lamb lamp lance land lane large lark last latch law lawn laws lawyer lay leach
    leader leaf lean leaver ledger lee leek legg les lever levy light lilly line ling link lion little live lo
    lock locke lodge long longer loom lord love lovell low lowe luck lush lynch ma mace maiden mail main mall
    mallet malt man mane mann manners marble march mare mark marks marsh mash mason mast master masters max me
    mead meadows mean measure meek mellow melody men mercer merchant mercy merry messenger metal mew mild miles
    mill miller mills mint minty mist moat mole money monk moody moon moor moore morrow moss moth mound mount
    mountain mouse mudd mum munch my nail nan nash needle nest new newman nicely night no noble noon norm north
    not nott novel now nunn nurse nutt oak oakes oar oats offer on one or orchard organ osborn outlaw overall owl
    ox oxley pa pace pack page pages paige pain paine painter palace palmer pan pandit pane parish park parker
    parks parrot parson parsons part partridge pass pat patch patten pawn payne peace peach peacock peak pear peck
    peel peer pen penn perch petty pick pickles pierce pigeon pike pilgrim pillar pillow pine pink pip pipe piper
    pitt pitts place plain plank plant platt player pleasant plow plum plumb plummer point pole pollard pond pool
    poole poor pops porter post pot potter potts pound powder power powers pratt price pride priest prime primrose
    prior proctor proud provost pryor pugh pump purple purser quick quill rabbit race rack radish raft rain
    rainbow raine ramp ranger rank rash raven ray read reader reason record reed reeve reeves reign remedy rest
    rice rich riches ridge rigg ring rising river rivers roach road rob rock rod roe roller roof rook room root
    roper round rowan rowe rowing royal rudd rule rush russ rust sack saint sale sales salmon salt sample sand
    sands sang savage sawyer say scales school scribe sea seal sealy season seed sell sellers senior service
    setter settle sexton shade shadow sharp sharpe she shearer shell shepherd sherry shield ship shore short shot
    shower sick sides silk sills silver simple sims singer single six sixsmith skill skinner skip slack slade
    slater sleep sleeper slow small smart snow so son song sonny south spain spark sparks sparrow spear speed
    spicer spire sprout squire stable stack stacks stall stamp stamper stand standing starling start steed steel
    steele steer stein step sterling stern steward still stock stocks stone stones storey storm story strange
    stratton straw street strong stubbs sue sugar summers sun sung swain swallow swan sweet swift sword tab tailor
    tall tallow tar tarry taylor teal teller tempest temple ten tench thatcher thing thorn thorne tickle tiller
    times ting to toll tolls tomb toms tongue topping tower town towns trail train trapp travel tray treasure tree
    trees trick trim trimmer trinity trip trolley trout true trump trust tuck tucker tune tupper turf turner
    turnpike twigg two tyler uncle underhill underwood up upright us vale valley van vane venture verge verity
    vest vicar victor view vine viner voice wade wager wages wain wake walker wall waller walls want ward warden
    warder ware warner warren wash waste watch water waters way ways we weaver weeks welcome well welsh west wheat
    wheel wheeler whistler white whiting wick wicker wicks wild wilde wilder wiles will wills wind winder window
    wing wings winner winters wise wish wolf wolfe wood woodcock woods woodward wool wooler work workman worth
    wren wright yard yards yeoman yield young younger
    """
)
