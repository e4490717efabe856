"""Chat templates and the prompts that transformers' apply_chat_template makes of conversations.

usage: chat_templates.py OUTPUT_FOLDER      (needs transformers and jinja2)

Writes OUTPUT_FOLDER/golden.json: {"conversations": {name: messages}, "templates": [{"name", "template", "tokens",
"cases": [{"conversation", "generation", "text" or "error"}]}], "expressions": [[template, text], ...]}. The templates are written
here in the manner of those that model families publish and use their features; strftime_now is fixed to one day.
"""

import json
import sys
from datetime import datetime
from pathlib import Path

import jinja2
import transformers
from transformers.utils import chat_template_utils

OUT = Path(sys.argv[1])


class FixedDay(datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2024, 7, 26, 15, 4, 5)


chat_template_utils.datetime = FixedDay

SHORT = [{"role": "user", "content": "What is in the picture?"}]
CONVERSATIONS = {
    "short": SHORT,
    "turns": [{"role": "user", "content": "  Hi there!\n"}, {"role": "assistant", "content": " Hello. How can I help? "},
              {"role": "user", "content": "Draw <b>3</b> \"cats\" & 1 dog's tail\nplease 🐱"}],
    "system": [{"role": "system", "content": "You are terse.\n"}, {"role": "user", "content": "Count: 1, 2"},
               {"role": "assistant", "content": "3"}, {"role": "user", "content": "And?"}],
    "answered": SHORT + [{"role": "assistant", "content": "<think>\nA cat, perhaps.\n</think>\n\nA cat."}],
    "two-users": SHORT + SHORT,
    "wrong-role": [{"role": "narrator", "content": "Once"}],
    "parts": [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "What is this?"}]},
              {"role": "assistant", "content": [{"type": "text", "text": "A cat."}]},
              {"role": "user", "content": [{"type": "text", "text": "Sure? "}, {"type": "image", "image": "b.png"}]}],
    "empty": [],
    "tool": [{"role": "user", "content": "Weather?"},
             {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": {"name": "weather", "arguments": {"city": "Zürich", "days": 2, "hot": True, "x": None, "f": 1.5}}}]},
             {"role": "tool", "content": "12 °C"}, {"role": "tool", "content": "{\"a\": 1}"}, {"role": "user", "content": "Thanks"}],
}
B, E = {"bos_token": "<s>", "eos_token": "</s>"}, {"bos_token": "", "eos_token": "<|endoftext|>"}

TEMPLATES = {
    # ChatML as Qwen and SmolLM write it.
    "chatml": (E, "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are a helpful AI assistant.<|im_end|>\n' }}{% endif %}"
        "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"),
    # Zephyr and TinyLlama: text between blocks, one block a line, so that trim_blocks and lstrip_blocks matter.
    "zephyr": (B, """{% for message in messages %}
{% if message['role'] == 'user' %}
{{ '<|user|>\n' + message['content'] + eos_token }}
{% elif message['role'] == 'system' %}
{{ '<|system|>\n' + message['content'] + eos_token }}
{% elif message['role'] == 'assistant' %}
{{ '<|assistant|>\n'  + message['content'] + eos_token }}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}"""),
    # LLaMA 2: the system text inside the first turn, roles must alternate.
    "llama2": (B, "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}"
        "{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}"
        "{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
        "{{ raise_exception('Roles must alternate: user, assistant, user ...') }}{% endif %}"
        "{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}"
        "{% else %}{% set content = message['content'] %}{% endif %}"
        "{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}"
        "{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}"),
    # LLaMA 3: filters inside sums, the date, defined and not, whitespace control everywhere.
    "llama3": ({"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"}, """{{- bos_token }}
{%- if custom_tools is defined %}
    {%- set tools = custom_tools %}
{%- endif %}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}
        {%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}
        {%- set date_string = "01 Jan 2000" %}
    {%- endif %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}

{#- The system text first, whether or not there is one. #}
{%- if messages and messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if tools is not none %}
    {{- "Environment: tools\\n" }}
{%- endif %}
{{- "Today Date: " + date_string + "\\n\\n" }}
{{- system_message }}
{{- "<|eot_id|>" }}

{%- for message in messages %}
    {%- if not (message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}
            {{- raise_exception("One call at a time!") }}
        {%- endif %}
        {%- set tool_call = message.tool_calls[0].function %}
        {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' -}}
        {{- '{"name": "' + tool_call.name + '", ' }}
        {{- '"parameters": ' }}
        {{- tool_call.arguments | tojson }}
        {{- "}" }}
        {{- "<|eot_id|>" }}
    {%- elif message.role == "tool" or message.role == "ipython" %}
        {{- "<|start_header_id|>ipython<|end_header_id|>\\n\\n" }}
        {%- if message.content is mapping or message.content is iterable %}
            {{- message.content | tojson }}
        {%- else %}
            {{- message.content }}
        {%- endif %}
        {{- "<|eot_id|>" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""),
    # Vicuna: no newlines, a system text of its own.
    "vicuna": (B, "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}"
        "{% else %}{% set loop_messages = messages %}{% set system_message = 'A chat between a curious user and an assistant.' %}{% endif %}"
        "{{ bos_token + system_message | trim }}{% for message in loop_messages %}{% if message['role'] == 'user' %}{{ ' USER: ' + message['content'].strip() }}"
        "{% elif message['role'] == 'assistant' %}{{ ' ASSISTANT: ' + message['content'].strip() + eos_token }}"
        "{% else %}{{ raise_exception('Only user and assistant roles are supported, got ' ~ message['role'] ~ '!') }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ ' ASSISTANT:' }}{% endif %}"),
    # Mistral: namespaces, conditions on several lines.
    "mistral": (B, """{%- if messages and messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
{%- set ns = namespace() %}
{%- set ns.index = 0 %}
{%- for message in loop_messages %}
    {%- if not (message.role == "tool" or message.role == "tool_results" or (message.tool_calls is defined and message.tool_calls is not none)) %}
        {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
            {{- raise_exception("After the optional system message, roles must alternate user/assistant/user/assistant/...") }}
        {%- endif %}
        {%- set ns.index = ns.index + 1 %}
    {%- endif %}
{%- endfor %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- elif message == user_messages[-1] %}
            {{- "[INST]  " + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif (message.tool_calls is defined and message.tool_calls is not none) %}
        {{- "[TOOL_CALLS] [" }}
        {%- for tool_call in message.tool_calls %}
            {%- set out = tool_call.function|tojson %}
            {{- out[:-1] }}
            {%- if not tool_call.id is defined or tool_call.id|length != 9 %}
                {{- ', "id": "none"}' }}
            {%- endif %}
            {%- if not loop.last %}
                {{- ", " }}
            {%- else %}
                {{- "]" + eos_token }}
            {%- endif %}
        {%- endfor %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token}}
    {%- elif message["role"] == "tool_results" or message["role"] == "tool" %}
        {%- if message.content is defined and message.content.content is defined %}
            {%- set content = message.content.content %}
        {%- else %}
            {%- set content = message.content %}
        {%- endif %}
        {{- '[TOOL_RESULTS] {"content": ' + content|string + ', "call_id": "none"}[/TOOL_RESULTS]' }}
    {%- else %}
        {{- raise_exception("Only user and assistant roles are supported, with the exception of an initial optional system message!") }}
    {%- endif %}
{%- endfor %}
"""),
    # Qwen 2.5: neighbours in the loop, calls as JSON.
    "qwen2.5": (E, """{%- if tools %}
    {{- '<|im_start|>system\\n' }}{{- "# Tools\\n" }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "<|im_end|>\\n" }}
{%- else %}
    {%- if messages and messages[0]['role'] == 'system' %}
        {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}
    {%- endif %}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {{- '<|im_start|>' + message.role }}
        {%- if message.content %}
            {{- '\\n' + message.content }}
        {%- endif %}
        {%- for tool_call in message.tool_calls %}
            {%- if tool_call.function is defined %}
                {%- set tool_call = tool_call.function %}
            {%- endif %}
            {{- '\\n<tool_call>\\n{"name": "' }}
            {{- tool_call.name }}
            {{- '", "arguments": ' }}
            {{- tool_call.arguments | tojson }}
            {{- '}\\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == "tool" %}
        {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\\n<tool_response>\\n' }}
        {{- message.content }}
        {{- '\\n</tool_response>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
"""),
    # Qwen 3: the list backwards, namespaces set within loops, string methods in a chain.
    "qwen3": (E, """{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}
        {%- set content = message.content %}
    {%- else %}
        {%- set content = '' %}
    {%- endif %}
    {%- if message.role == "assistant" %}
        {%- set reasoning_content = '' %}
        {%- if message.reasoning_content is string %}
            {%- set reasoning_content = message.reasoning_content %}
        {%- else %}
            {%- if '</think>' in content %}
                {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
                {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
            {%- endif %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index %}
            {%- if loop.last or (not loop.last and reasoning_content) %}
                {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
            {%- else %}
                {{- '<|im_start|>' + message.role + '\\n' + content }}
            {%- endif %}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}"""),
    # LLaVA and Idefics: content in parts.
    "llava": (B, "{% for message in messages %}{{ message['role'].upper() + ': ' }}{# images first #}"
        "{% for content in message['content'] | selectattr('type', 'equalto', 'image') %}{{ '<image>\n' }}{% endfor %}"
        "{% if message['role'] != 'assistant' %}{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}{{ content['text'] + ' '}}{% endfor %}"
        "{% else %}{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}{% generation %}{{ content['text'] + ' '}}{% endgeneration %}{% endfor %}{% endif %}"
        "{% endfor %}{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}"),
    "vision": (E, "{% set image_count = namespace(value=0) %}{% for message in messages %}<|im_start|>{{ message['role'] }}\n{% if message['content'] is string %}{{ message['content'] }}<|im_end|>\n"
        "{% else %}{% for content in message['content'] %}{% if content['type'] == 'image' or 'image' in content or 'image_url' in content %}"
        "{% set image_count.value = image_count.value + 1 %}{% if add_vision_id %}Picture {{ image_count.value }}: {% endif %}<|vision_start|><|image_pad|><|vision_end|>"
        "{% elif 'text' in content %}{{ content['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"),
    # Macros, break and continue, blocks that are set, else of a loop.
    "macros": (B, """{%- macro part(item, name='text', sep=' ') -%}
    {%- if item is mapping -%}{{ sep ~ item.get(name, '?') }}{%- else -%}{{ sep ~ item }}{%- endif -%}
{%- endmacro -%}
{%- set head -%}
  [{{ messages | length }}]
{%- endset -%}
{{ head }}
{%- for message in messages if message.role != 'system' -%}
    {%- if message.content is not string -%}
        {%- for item in message.content -%}
            {%- if item.type == 'image' -%}{%- continue -%}{%- endif -%}
            {{ part(item) }}
        {%- else -%}
            nothing
        {%- endfor -%}
    {%- else -%}
        {%- if loop.index > 3 -%}{%- break -%}{%- endif -%}
        {{ part(message.content, sep='/') }}{{ part(message, 'role', '#') }}
    {%- endif -%}
    {{ ' | ' if not loop.last }}
{%- else -%}
    empty
{%- endfor -%}
"""),
}

# Short templates that render without messages: what the language gives. Python's own writing of values counts.
EXPRESSIONS = [
    "{{ 1 + 2 * 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 / 2 }} {{ 4 / 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 2 ** 10 }} {{ 1.5 + 1 }} {{ 1e3 }} {{ 0.1 + 0.2 }}",
    "{{ 'a' * 3 }} {{ 'a' ~ 1 ~ none ~ true }} {{ [1, 2] + [3] }} {{ (1, 'x') }} {{ {'a': 1, 'b': [true, none]} }} {{ \"it's\" }} {{ [\"it's\", 'a\"b', 'n\\n'] }}",
    "{{ none }} {{ true }} {{ false }} {{ undefined_name }} {{ 1 == 1.0 }} {{ 'a' < 'b' }} {{ 1 < 2 < 3 }} {{ not 0 }} {{ '' or 'x' }} {{ 1 and 0 }} {{ [] or none }}",
    "{{ 'abc'[0] }} {{ 'abc'[-1] }} {{ 'abcdef'[1:4] }} {{ 'abcdef'[::-1] }} {{ 'abcdef'[::2] }} {{ [1,2,3,4][1:] }} {{ [1,2,3,4][:-1] }} {{ [1,2,3][-2:] }} {{ 'abc'[5:] }}",
    "{{ '  a b '.strip() }}|{{ 'xxaxx'.strip('x') }}|{{ ' a '.lstrip() }}|{{ ' a '.rstrip() }}|{{ 'a,b,c'.split(',') }}|{{ ' a  b '.split() }}|{{ 'a,b,c'.split(',', 1) }}|{{ 'a,b,c'.rsplit(',', 1) }}",
    "{{ 'aBc'.upper() }} {{ 'aBc'.lower() }} {{ 'a bc'.title() }} {{ 'aBC'.capitalize() }} {{ 'abab'.replace('a', 'x') }} {{ 'abab'.replace('a', 'x', 1) }} {{ 'abc'.startswith('ab') }} {{ 'abc'.endswith('x') }} {{ 'abc'.startswith(('x', 'a')) }}",
    "{{ 'abcb'.find('b') }} {{ 'abc'.find('x') }} {{ 'abcb'.count('b') }} {{ ','.join(['a', 'b']) }} {{ 'a\nb'.splitlines() }} {{ '12'.isdigit() }} {{ 'ab'.isalpha() }} {{ '{}-{}'.format('a', 1) }} {{ '%s=%d' % ('a', 3) }} {{ 'abc'.removeprefix('a') }} {{ 'abc'.removesuffix('c') }}",
    "{{ {'a': 1}.items() | list }} {{ {'a': 1}.keys() | list }} {{ {'a': 1, 'b': 2}.values() | list }} {{ {'a': 1}.get('b', 'd') }} {{ {'a': 1}.get('z') }} {{ {'a': {'b': 2}}.a.b }} {{ {'a': 1}['a'] }} {{ {'items': 5}['items'] }} {{ {'a': 1}.zz is defined }}",
    "{{ 1 is number }} {{ 'a' is string }} {{ {} is mapping }} {{ [] is sequence }} {{ 'a' is iterable }} {{ 3 is iterable }} {{ none is none }} {{ x is defined }} {{ x is not defined }} {{ x is undefined }} {{ 1 is odd }} {{ 2 is even }} {{ 6 is divisibleby(3) }} {{ true is boolean }} {{ 1 is integer }} {{ 1.0 is float }} {{ true is true }} {{ 1 is true }} {{ 'a' is in ['a'] }} {{ 1 is eq 1 }} {{ 'A' is upper }} {{ 'a' is lower }} {{ f is callable }}",
    "{{ 'a' in 'cat' }} {{ 'z' not in 'cat' }} {{ 1 in [1] }} {{ 'k' in {'k': 1} }} {{ 'x' if false else 'y' }} {{ 'x' if false }} {{ ('a' if x is defined else 'b') | upper }}",
    "{{ [3,1,2] | sort }} {{ [3,1,2] | sort(reverse=true) }} {{ [1,1,2] | unique | list }} {{ [1,2,3] | first }} {{ [1,2,3] | last }} {{ [1,2] | length }} {{ 'abc' | count }} {{ [1,2] | sum }} {{ [2,5] | max }} {{ [2,5] | min }} {{ [1,2,3] | reverse | list }} {{ 'abc' | reverse }}",
    "{{ ' a ' | trim }}|{{ 'xax' | trim('x') }}|{{ 'aBc' | upper }} {{ 'aBc' | lower }} {{ 'aBC dE' | capitalize }} {{ 'aBC dE' | title }} {{ 'aba' | replace('a', 'x') }} {{ none | default('d') }} {{ x | default('d') }} {{ '' | default('d', true) }} {{ x | d(1) }}",
    "{{ [1,2] | join(', ') }} {{ [{'a': 1}, {'a': 2}] | map(attribute='a') | join('+') }} {{ ['a','b'] | map('upper') | list }} {{ [{'a': 1}, {'b': 2}] | selectattr('a', 'defined') | list }} {{ [{'a': 1}, {'a': 2}] | rejectattr('a', 'equalto', 1) | list }} {{ [0, 1, '', 'a'] | select | list }} {{ [1,2,3] | select('odd') | list }} {{ [1,2,3] | reject('odd') | list }}",
    "{{ '12' | int }} {{ 'x' | int }} {{ '3.5' | float }} {{ 3.7 | int }} {{ 12 | string }} {{ -3 | abs }} {{ 3.14159 | round(2) }} {{ 2.5 | round }} {{ 'abc' | list }} {{ {'b': 1, 'a': 2} | dictsort }} {{ {'a': 1} | items | list }} {{ 'a b' | wordcount }} {{ '<b>' | escape }} {{ '<b>' | safe }}",
    "{{ {'b': 1, 'a': [1, 2.0, none, true, 'ü<&\\'\"']} | tojson }}|{{ [1, {'x': 'y'}] | tojson(indent=2) }}|{{ {'a': {}, 'b': []} | tojson(indent=4) }}|{{ 'é\\n\\t\\u2028' | tojson }}|{{ [] | tojson }}|{{ {'k': 1e-7, 'l': 1e22, 'm': 123456789012345678} | tojson }}",
    "{{ 'a\nb\nc' | indent(4) }}|{{ 'a\n\nb' | indent(2, true) }}|{{ 'a\nb' | indent(width=3, first=True) }}",
    "{{ range(3) | list }} {{ range(1, 7, 2) | list }} {{ dict(a=1, b='x') }} {{ [1, 2, 3] | batch(2) | list }} {{ namespace(a=1).a }} {{ 'a' 'b' }} {{ [[1, 2], [3, 4]] | map('first') | list }} {{ 'abc' | first }}",
    "{% for a, b in [(1, 2), (3, 4)] %}{{ a + b }};{% endfor %}{% for k, v in {'x': 1, 'y': 2}.items() %}{{ k }}={{ v }};{% endfor %}{% for i in [] %}x{% else %}none{% endfor %}",
    "{% for i in [1, 2, 3] %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.previtem }}{{ loop.nextitem }}{{ loop.cycle('a', 'b') }};{% endfor %}",
    "{% set x = 1 %}{% for i in [1, 2] %}{% set x = x + i %}{{ x }}{% endfor %}{{ x }}{% set n = namespace(x=1) %}{% for i in [1, 2] %}{% set n.x = n.x + i %}{% endfor %}{{ n.x }}{% if true %}{% set x = 9 %}{% endif %}{{ x }}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set c = [a, b] %}{{ c }}{% set t %} inner {{ a }} {% endset %}[{{ t }}]{% set u | upper %}low{% endset %}{{ u }}",
    "a\n{% if true %}\nb\n{% endif %}\n  {% if true %}  c  {% endif %}  \n  {{ 'd' }}  \n{# e #}\nf\n",
    "a  {%- if true -%}  b  {%- endif -%}  c {{- ' d ' -}} e\n\n  {%+ if true %} f {% endif +%}\n g {#- h -#} i",
    "{% raw %}{{ not }} {% rendered %}{% endraw %} {{ '{{' }} {{ '%}' }} {{ \"}}\" }}",
    "{% macro m(a, b='x', c=none) %}[{{ a }}{{ b }}{{ c }}]{% endmacro %}{{ m(1) }}{{ m(1, c=2) }}{{ m(a='q', b='w') }}{{ m() }}",
    "{% for i in range(10) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}",
    "{% filter upper %}abc{{ 'd' }}{% endfilter %}{% for m in [1, 2, 3, 4] if m is even %}{{ loop.index }}{{ m }}{% endfor %}{{ 'x' if 1 == 1 and not (2 != 2) else 'y' }}",
    "{{ 'a' + 'b' | upper }} {{ ('a' + 'b') | upper }} {{ -1 | abs }} {{ 1 + 1 == 2 }} {{ not true == false }} {{ 'a' ~ 'b' | length }} {{ 2 * 3 ~ 'x' }} {{ 1 if true else 2 + 5 }}",
    "{{ strftime_now('%Y-%m-%d %H:%M:%S %d %B %b %A %a %j %y %I %p %%') }}",
    "{{ 'tab\\tq\\'\\\\ \\u00e9 \\x41' }}{{ \"dq\\\"\" }}{{ 'line\\\ncont' }}",
    "{{ [1, 2, 3] | map('string') | join }} {{ ['b', 'A'] | sort }} {{ ['b', 'A'] | sort(case_sensitive=true) }} {{ [{'n': 2}, {'n': 1}] | sort(attribute='n') | map(attribute='n') | list }} {{ [{'r': 'u', 'c': 1}, {'r': 'u', 'c': 2}, {'r': 'a', 'c': 3}] | groupby('r') | map('first') | list }}",
    "{{ messages }} {{ add_generation_prompt }} {{ bos_token }}{{ eos_token }}",
    "{{ 10000000000 * 10 }} {{ 2 ** 0.5 }} {{ 1 / 3 }} {{ 1e100 }} {{ 1.0 }} {{ 100000000000000000.0 }} {{ 0.00001 }} {{ -0.0 }} {{ 5 % 3.0 }} {{ true + 1 }}",
]


def render(template, messages, generation, tokens):
    try:
        texts, _ = chat_template_utils.render_jinja_template(
            conversations=[messages], chat_template=template, add_generation_prompt=generation, **tokens)
        return {"text": texts[0]}
    except jinja2.exceptions.TemplateError as e:
        return {"error": str(e)}
    except (TypeError, AttributeError, ValueError, IndexError) as e:
        return {"error": type(e).__name__}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    golden = {"conversations": CONVERSATIONS, "templates": [], "expressions": []}
    for name, (tokens, template) in TEMPLATES.items():
        cases = [{"conversation": c, "generation": g, **render(template, m, g, tokens)}
                 for c, m in CONVERSATIONS.items() for g in (False, True)]
        golden["templates"].append({"name": name, "template": template, "tokens": tokens, "cases": cases})
    for template in EXPRESSIONS:
        result = render(template, SHORT, True, B)
        assert "text" in result, (template, result)
        golden["expressions"].append([template, result["text"]])
    (OUT / "golden.json").write_text(json.dumps(golden, indent=1, ensure_ascii=True) + "\n")
    (OUT / "README.md").write_text(
        "# Chat templates\n\nTemplates in the manner of LLaMA-2, LLaMA-3, Vicuna, Mistral, Qwen, Zephyr, LLaVA and others, conversations, and the prompts\n"
        "that Hugging Face makes of them; then what single features of the language write. Made by `tools/goldens/chat_templates.py`.\n\n"
        f"Made with transformers {transformers.__version__}, jinja2 {jinja2.__version__}.\n")


main()
