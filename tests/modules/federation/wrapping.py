"""XML signature wrapping: what is signed stays whole, and somebody else stands around it."""

import copy
from typing import Any

from lxml import etree

from tests.modules.federation.assertions import DS, A, P


def assertion(response: Any) -> Any:
    return response.find(f".//{{{A}}}Assertion")


def evil(response: Any) -> Any:
    """The signed assertion, of somebody else, without its signature."""
    found = copy.deepcopy(assertion(response))
    found.set("ID", "_evil")
    found.find(f".//{{{A}}}NameID").text = "admin"
    found.find(f".//{{{A}}}AttributeValue").text = "admin@example.org"
    found.remove(found.find(f"{{{DS}}}Signature"))
    return found


def before(response: Any) -> None:
    assertion(response).addprevious(evil(response))


def after(response: Any) -> None:
    assertion(response).addnext(evil(response))


def around(response: Any) -> None:
    """The evil one holds the signed one."""
    good, outer = assertion(response), evil(response)
    response.replace(good, outer)
    outer.append(good)


def within_signature(response: Any) -> None:
    good, outer = assertion(response), evil(response)
    signature = good.find(f"{{{DS}}}Signature")
    outer.insert(1, signature)
    response.replace(good, outer)
    holder = etree.SubElement(signature, f"{{{DS}}}Object")
    holder.append(good)


def in_extensions(response: Any) -> None:
    good, outer = assertion(response), evil(response)
    response.replace(good, outer)
    holder = etree.Element(f"{{{P}}}Extensions")
    holder.append(good)
    response.insert(1, holder)


def same_id(response: Any) -> None:
    twin = evil(response)
    twin.set("ID", assertion(response).get("ID"))
    assertion(response).addprevious(twin)


def lower_id(response: Any) -> None:
    outer = evil(response)
    outer.set("Id", assertion(response).get("ID"))
    assertion(response).addprevious(outer)


def moved_signature(response: Any) -> None:
    """The signature of the good one in the evil one, which stands where it stood."""
    good, outer = assertion(response), evil(response)
    outer.insert(1, good.find(f"{{{DS}}}Signature"))
    response.replace(good, outer)


def two_references(response: Any) -> None:
    reference = response.find(f".//{{{DS}}}Reference")
    reference.addnext(copy.deepcopy(reference))


def two_infos(response: Any) -> None:
    info = response.find(f".//{{{DS}}}SignedInfo")
    info.addnext(copy.deepcopy(info))


def empty_uri(response: Any) -> None:
    response.find(f".//{{{DS}}}Reference").set("URI", "")


def another_transform(response: Any) -> None:
    response.find(f".//{{{DS}}}Transform").set(
        "Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116"
    )


def xpath_transform(response: Any) -> None:
    transforms = response.find(f".//{{{DS}}}Transforms")
    one = etree.SubElement(
        transforms, f"{{{DS}}}Transform", Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"
    )
    etree.SubElement(one, f"{{{DS}}}XPath").text = "count(//. | //@* | //namespace::*)"


def changed(response: Any) -> None:
    response.find(f".//{{{A}}}NameID").text = "admin"


def unsigned(response: Any) -> None:
    assertion(response).remove(response.find(f".//{{{DS}}}Signature"))


def copied_root(response: Any) -> None:
    inner = copy.deepcopy(response)
    changed(response)
    unsigned(response)
    holder = etree.SubElement(response, f"{{{P}}}Extensions")
    holder.append(inner)


def evil_root(response: Any) -> Any:
    """The whole answer, of somebody else, without any signature."""
    found = copy.deepcopy(response)
    found.set("ID", "_evil")
    found.find(f".//{{{A}}}NameID").text = "admin"
    found.find(f".//{{{A}}}AttributeValue").text = "admin@example.org"
    for signature in found.findall(f".//{{{DS}}}Signature"):
        signature.getparent().remove(signature)
    return found


def root_within_signature(response: Any) -> Any:
    """XSW1, of an answer that is signed as a whole."""
    outer = evil_root(response)
    signature = response.find(f"{{{DS}}}Signature")
    outer.insert(1, signature)
    etree.SubElement(signature, f"{{{DS}}}Object").append(response)
    return outer


def root_beside_signature(response: Any) -> Any:
    """XSW2."""
    outer = evil_root(response)
    signature = response.find(f"{{{DS}}}Signature")
    outer.insert(1, response)
    outer.insert(2, signature)
    return outer


def evil_with_signature_and_good_behind(response: Any) -> None:
    """XSW5."""
    good = assertion(response)
    moved_signature(response)
    response.append(good)


def evil_in_extensions(response: Any) -> None:
    """XSW7."""
    holder = etree.Element(f"{{{P}}}Extensions")
    holder.append(evil(response))
    response.insert(1, holder)


def good_in_object_of_its_own_signature(response: Any) -> None:
    """XSW8: what was signed is inside, without its signature."""
    good = assertion(response)
    signature = good.find(f"{{{DS}}}Signature")
    inner = copy.deepcopy(good)
    inner.remove(inner.find(f"{{{DS}}}Signature"))
    etree.SubElement(signature, f"{{{DS}}}Object").append(inner)
    good.find(f".//{{{A}}}NameID").text = "admin"
    good.set("ID", "_evil")


def evil_in_object(response: Any) -> None:
    signature = response.find(f".//{{{DS}}}Signature")
    etree.SubElement(signature, f"{{{DS}}}Object").append(evil(response))


WRAPPED = [
    evil_with_signature_and_good_behind,
    evil_in_extensions,
    good_in_object_of_its_own_signature,
    evil_in_object,
    before,
    after,
    around,
    within_signature,
    in_extensions,
    same_id,
    lower_id,
    moved_signature,
    two_references,
    two_infos,
    empty_uri,
    another_transform,
    xpath_transform,
    changed,
    unsigned,
    copied_root,
]
